import type { DataSize } from '../objectives/contract.ts';
import { objectiveFor } from '../objectives/table.ts';
import { gridOf } from '../samplers/grid/options.ts';
import { countPoints } from '../samplers/grid/points.ts';
import { listOf } from '../samplers/list/options.ts';
import type { SamplerOptions } from '../samplers/table.ts';
import type { Configuration } from '../space/configuration.ts';
import type { ResolvedSpec, StudySpec } from '../studies/definition/definition.ts';
import { resolveSpec } from '../studies/definition/resolve.ts';
import type { CampaignMembership, PartKind } from './campaign.ts';
import { crossedAxes, partOfGrid } from './final-grid.ts';
import { finalGridName, partStudyName, repeatName, testName } from './part-names.ts';
import { repeatSeedOf, studySeedOf } from './seeds.ts';
import type { CampaignSpec, CampaignStudy, ResolvedCampaign } from './spec.ts';

/** A part of a campaign that can be created: an ordinary study and its purpose. */
export interface PlannedPart {
  readonly kind: PartKind;
  /** Unique in the campaign. */
  readonly name: string;
  readonly spec: ResolvedSpec;
}

/** The place of a configuration: a leader of a study, a finalist. */
interface Candidate {
  readonly parameters: Configuration;
}

/** The study that a part is. */
export function studyOf({ kind, name, spec }: PlannedPart, campaignId: string): { spec: ResolvedSpec; campaign: CampaignMembership } {
  return { spec, campaign: { campaignId, kind, name } };
}

/** The definition of a search study: the campaign's space and objective, the study's sampler and budget. */
export function searchStudySpec(
  campaign: CampaignSpec & Pick<ResolvedCampaign, 'seed' | 'objectiveSeed'>,
  study: CampaignSpec['studies'][number],
): StudySpec {
  const { name, sampler, samplerReason, budget, parallelism } = study;
  return {
    ...sharedParts(campaign),
    ...identity(campaign, name),
    sampler,
    ...(samplerReason !== undefined && { samplerReason }),
    budget,
    ...(parallelism !== undefined && { parallelism }),
  };
}

/** One of the campaign's searches. */
export function searchPart(campaign: ResolvedCampaign, study: CampaignStudy): PlannedPart {
  return { kind: 'search', name: study.name, spec: resolveSpec(searchStudySpec(campaign, study), campaign.seed) };
}

/**
 * The final: the finalists crossed, or the finalists alone.
 *
 * @param finalists best first within each study (see `finalCandidates`), each configuration once
 * @returns null if the campaign has no final, or none of the studies that it names has a trial with a value
 */
export function gridPart(campaign: ResolvedCampaign, finalists: readonly Candidate[]): PlannedPart | null {
  const { final } = campaign;
  if (!final || finalists.length === 0) return null;
  const configurations = finalists.map(({ parameters }) => parameters);
  const search = final.cross ? crossed(campaign, final.grid.trials, configurations) : listed(configurations.slice(0, final.grid.trials));
  const objective = finalObjective(campaign);
  const spec = {
    ...sharedParts(campaign),
    ...identity(campaign, finalGridName),
    ...search,
    objective,
    parallelism: final.grid.parallelism,
  };
  return { kind: 'grid', name: finalGridName, spec: resolveSpec(spec, campaign.seed) };
}

/**
 * Measures configurations on held-out data as the final trained them (the searches, if it trains as they do): same data, same seed,
 * so that trainings are reused and only the measurement is new. Configurations that the final did not try are trained the same way.
 *
 * @param finalists see `finalistsOf`
 */
export function testPart(campaign: ResolvedCampaign, finalists: readonly Candidate[]): PlannedPart {
  const search = listed(finalists.map(({ parameters }) => parameters));
  const spec = { ...sharedParts(campaign), ...identity(campaign, testName), ...search, objective: finalObjective(campaign) };
  return { kind: 'test', name: testName, spec: measured(resolveSpec(spec, campaign.seed)) };
}

/**
 * Trains configurations again on all the data that the evaluation allows, each repeat with an objective seed of its own,
 * and measures them on held-out data.
 *
 * @param finalists see `finalistsOf`
 * @returns one part for each repeat
 */
export function repeatParts(campaign: ResolvedCampaign, finalists: readonly Candidate[]): PlannedPart[] {
  return Array.from({ length: campaign.evaluation.repeats }, (_, index) => repeatPart(campaign, finalists, index + 1));
}

function repeatPart(campaign: ResolvedCampaign, finalists: readonly Candidate[], repeat: number): PlannedPart {
  const name = repeatName(repeat);
  const spec = {
    ...sharedParts(campaign),
    ...identity(campaign, name),
    ...listed(finalists.map(({ parameters }) => parameters)),
    objective: repeatObjective(campaign),
    objectiveSeed: repeatSeedOf(campaign.objectiveSeed, repeat),
  };
  return { kind: 'repeat', name, spec: measured(resolveSpec(spec, campaign.seed)) };
}

/** Its trials are measured on held-out data, if the objective has such a measurement. */
function measured(spec: ResolvedSpec): ResolvedSpec {
  return objectiveFor(spec.objective).evaluations() ? { ...spec, evaluate: true } : spec;
}

/** The objective of the final, which may use more data than the searches. */
export function finalObjective({ objective, final }: Pick<CampaignSpec, 'objective' | 'final'>): StudySpec['objective'] {
  return final?.trainSize === undefined ? objective : withDataSize(objective, final.trainSize);
}

/** The objective of the repeats, which use all data unless the campaign says otherwise. */
export function repeatObjective({ objective, evaluation }: Pick<CampaignSpec, 'objective' | 'evaluation'>): StudySpec['objective'] {
  return withDataSize(objective, evaluation.trainSize ?? 'all');
}

function withDataSize(objective: StudySpec['objective'], size: DataSize): StudySpec['objective'] {
  return objectiveFor(objective).withDataSize(size) ?? objective;
}

function sharedParts({ searchSpace, metric, objective, retries, timeoutSeconds, ranking, constraints }: CampaignSpec) {
  const optional = {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(ranking !== undefined && { ranking }),
    ...(constraints !== undefined && { constraints }),
  };
  return { searchSpace, metrics: [metric], labels: {}, objective, retries, ...optional };
}

function identity(campaign: Pick<ResolvedCampaign, 'name' | 'seed' | 'objectiveSeed'>, part: string) {
  return {
    name: partStudyName(campaign.name, part),
    seed: studySeedOf(campaign.seed, part),
    objectiveSeed: campaign.objectiveSeed,
  };
}

interface Search {
  readonly sampler: SamplerOptions;
  readonly budget: StudySpec['budget'];
}

function listed(points: readonly Configuration[]): Search {
  return { sampler: listOf(points), budget: { trials: points.length } };
}

function crossed({ searchSpace, seed }: ResolvedCampaign, trials: number | undefined, finalists: readonly Configuration[]): Search {
  const axes = crossedAxes(searchSpace, finalists);
  if (trials !== undefined && trials < countPoints(searchSpace, axes))
    return listed(partOfGrid(searchSpace, { axes, finalists, trials, seed: studySeedOf(seed, finalGridName) }));
  return { sampler: gridOf(searchSpace, axes), budget: {} };
}
