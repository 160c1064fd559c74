import type { NoteScaled } from '../samplers/contract.ts';
import { shrunk } from '../samplers/shrink.ts';
import { scaleSampler } from '../samplers/table.ts';
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

/** Least sizes at which a search and a final still serve their purpose; each sampler has limits of its own. */
const least = { trials: 4, gridPoints: 8 };
/** Upper bound of the tried points of a partial grid (see the definition of the final). */
const mostGridTrials = 10_000;

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

type Study = CampaignSpec['studies'][number];
type Final = NonNullable<CampaignSpec['final']>;

function notesOf(scaled: ScaledPartNumber[], part: string): NoteScaled {
  return (what, from, to) => {
    if (from !== to) scaled.push({ part, what: `${what} of ${part}`, from, to });
    return to;
  };
}

function scaledStudy(study: Study, scale: number, note: NoteScaled): Study {
  const { sampler, budget } = study;
  const trials = budget.trials === undefined ? undefined : note('trials', budget.trials, shrunk(budget.trials, scale, least.trials));
  const shorter = trials === undefined ? budget : { ...budget, trials };
  // A sampler that is yet to be chosen is chosen for the smaller budget.
  return sampler.type === 'auto' ? { ...study, budget: shorter } : { ...study, ...scaleSampler(sampler, shorter, scale, note) };
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
