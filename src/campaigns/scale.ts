import { mostCrossedPoints } from './final-grid.ts';
import { finalGridName } from './part-names.ts';
import type { CampaignSpec } from './spec.ts';

/** A number of a campaign that its scale changed. */
export interface ScaledNumber {
  /** In words, such as `generations of genetic-1`. */
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** The same, and the part that it belongs to. */
export interface ScaledPartNumber extends ScaledNumber {
  readonly part: string;
}

/** Least sizes at which a method still does what it is for. */
const least = { trials: 4, startupTrials: 2, population: 4, generations: 2, gridPoints: 8 };
/** Points of a grid of which a part is tried, at most (see the definition of the final). */
const mostGridTrials = 10_000;
/** Random trials that the preset `hyperopt` begins with; the other preset of the sampler begins with fewer. */
const startupTrials = { hyperopt: 20, default: 10 } as const;

/**
 * A campaign whose searches and final are so much smaller: trials and points by `scale`, populations and generations each
 * by its square root, so that the trials of all methods shrink about alike and a method keeps the shape it had. The share
 * of elites stays. Every number keeps a floor; a number never grows with a smaller scale.
 *
 * @param scale 0 … 1: 1 changes nothing, 0 is the smallest campaign that still runs every method
 * @returns the campaign and every number that changed
 */
export function scaleCampaign(campaign: CampaignSpec, scale: number): { campaign: CampaignSpec; scaled: ScaledPartNumber[] } {
  if (scale === 1) return { campaign, scaled: [] };
  const scaled: ScaledPartNumber[] = [];
  const studies = campaign.studies.map((study) => scaledStudy(study, scale, notesOf(scaled, study.name)));
  const { final } = campaign;
  if (!final) return { campaign: { ...campaign, studies }, scaled };
  const grid = { ...final.grid, trials: scaledGrid(campaign, final, scale) };
  notesOf(scaled, finalGridName)('points', pointsOf(campaign, final), grid.trials);
  return { campaign: { ...campaign, studies, final: { ...final, grid } }, scaled };
}

/** Writes down what a number became, where it changed. */
type Note = (what: string, from: number, to: number) => number;
type Study = CampaignSpec['studies'][number];
type Final = NonNullable<CampaignSpec['final']>;

function notesOf(scaled: ScaledPartNumber[], part: string): Note {
  return (what, from, to) => {
    if (from !== to) scaled.push({ part, what: `${what} of ${part}`, from, to });
    return to;
  };
}

function scaledStudy(study: Study, scale: number, note: Note): Study {
  const { sampler, budget } = study;
  const trials = budget.trials === undefined ? undefined : note('trials', budget.trials, shrunk(budget.trials, scale, least.trials));
  const shorter = trials === undefined ? budget : { ...budget, trials };
  if (sampler.type === 'tpe') return { ...study, budget: shorter, sampler: scaledTpe(sampler, trials, scale, note) };
  if (sampler.type !== 'genetic') return { ...study, budget: shorter };
  const side = Math.sqrt(scale);
  const population = note('population', sampler.population, shrunk(sampler.population, side, least.population));
  const share = Math.floor((population * sampler.elites) / sampler.population);
  const elites = note('elites', sampler.elites, Math.min(sampler.elites, Math.max(1, share)));
  const { generations } = budget;
  const fewer =
    generations === undefined ? {} : { generations: note('generations', generations, shrunk(generations, side, least.generations)) };
  return { ...study, sampler: { ...sampler, population, elites }, budget: { ...shorter, ...fewer } };
}

/** Fewer trials at random before the model has a say: never all of them. */
function scaledTpe(sampler: Extract<Study['sampler'], { type: 'tpe' }>, trials: number | undefined, scale: number, note: Note) {
  const full = sampler.startupTrials ?? startupTrials[sampler.preset];
  const most = trials === undefined ? full : Math.min(full, trials - 1);
  return { ...sampler, startupTrials: note('start-up trials', full, Math.min(most, shrunk(full, scale, least.startupTrials))) };
}

function scaledGrid(campaign: CampaignSpec, final: Final, scale: number): number {
  const full = Math.min(pointsOf(campaign, final), mostGridTrials);
  return Math.min(full, Math.max(shrunk(full, scale, least.gridPoints), finalistsIn(final)));
}

/** Points that the final has at full size. */
function pointsOf({ searchSpace }: CampaignSpec, final: Final): number {
  const points = final.cross ? mostCrossedPoints(searchSpace, finalistsIn(final)) : finalistsIn(final);
  return Math.min(points, final.grid.trials ?? Number.POSITIVE_INFINITY);
}

function finalistsIn(final: Final): number {
  return final.finalists.reduce((sum, { top }) => sum + top, 0);
}

/** A share of a number, at least `floor` of it, but never more than it was. */
function shrunk(full: number, share: number, floor: number): number {
  return Math.min(full, Math.max(floor, Math.round(full * share)));
}
