import { objectiveFor } from '../objectives/table.ts';
import { canonicalText } from '../shared/digest.ts';
import type { StudySpec } from '../studies/definition/definition.ts';
import { assumptionsText } from '../studies/estimate/assumptions.ts';
import { type Effort, type ExactEffort, effortSum, noEffort, plus, rounded, times } from '../studies/estimate/effort.ts';
import { type Means, mostStepsOf, type SampledMeans, sampledMeans, trainedAnew } from '../studies/estimate/means.ts';
import { searchPoints } from '../studies/estimate/search-points.ts';
import { expectedGreatest, spreadOver } from '../studies/estimate/space-average.ts';
import { searchEffort as effortOfSearch } from '../studies/estimate/study-estimate.ts';
import type { PartKind } from './campaign.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { finalGridName, repeatName, testName } from './part-names.ts';
import { finalObjective, repeatObjective, searchPart } from './parts.ts';
import { finalistsIn, mostEvaluated, mostFinalTrials, searchTrials } from './planned-trials.ts';
import type { CampaignStudy, ResolvedCampaign } from './spec.ts';

/** The effort of a part of a campaign. */
export interface PartEstimate extends Effort {
  readonly name: string;
  readonly kind: PartKind;
}

/** The effort of a campaign, before anything is created. */
export interface CampaignEstimate {
  readonly parts: readonly PartEstimate[];
  readonly total: Effort;
  /** The assumptions, in words. */
  readonly assumes: string;
}

/** The basis of the estimates of all parts. */
interface Basis {
  readonly campaign: ResolvedCampaign;
  /** Most steps of a trial. */
  readonly mostSteps: number;
  /** As the searches, the final and the repeats use the objective. */
  readonly search: SampledMeans;
  readonly final: Means;
  readonly repeat: Means;
}

/** A part before rounding; without an effort if only time or a target value ends it. */
interface ExactPart {
  readonly name: string;
  readonly kind: PartKind;
  readonly effort: ExactEffort | null;
}

/** Estimates a campaign without creating anything: nothing is drawn, read or measured for it. Yields to the event loop. */
export async function estimateCampaign(campaign: ResolvedCampaign): Promise<CampaignEstimate> {
  const basis = await basisOf(campaign);
  const objective = objectiveFor(campaign.objective);
  const parts = [...(await searches(basis)), ...finalGrid(basis), testing(basis), ...repeats(basis)];
  const efforts = parts.map(({ effort }) => effort);
  return {
    parts: parts.map(({ name, kind, effort }) => ({ name, kind, ...rounded(effort, objective.cost !== null) })),
    total: rounded(efforts.every((effort) => effort !== null) ? efforts.reduce(effortSum) : null, objective.cost !== null),
    assumes: assumptionsText(objective, 'campaign'),
  };
}

async function searches(basis: Basis): Promise<ExactPart[]> {
  const parts: ExactPart[] = [];
  for (const study of basis.campaign.studies) parts.push({ name: study.name, kind: 'search', effort: await searchEffort(basis, study) });
  return parts;
}

async function searchEffort({ campaign, search, mostSteps }: Basis, study: CampaignStudy): Promise<ExactEffort | null> {
  const trials = searchTrials(campaign, study);
  if (trials === null) return null;
  const { spec } = searchPart(campaign, study);
  const known = await searchPoints(spec);
  if (!known) return effortOfSearch(spec, search, mostSteps, trials);
  const means = await sampledMeans(campaign.objective, known.points);
  const most = mostStepsOf(campaign.objective, campaign.searchSpace, { steps: means.steps, isAll: known.isAll });
  return trainedAnew(means, most, trials);
}

/**
 * The final crosses values that are not known yet. If a longer training continues a shorter one, its points share trainings: of
 * those that differ in their steps alone each trains only the steps that no earlier one trained. The finalists alone are all known,
 * unless the final trains on other data.
 */
function finalGrid(basis: Basis): ExactPart[] {
  const { searchSpace, final, objective } = basis.campaign;
  if (!final) return [];
  const count = finalistsIn(final);
  const trials = mostFinalTrials(basis.campaign);
  if (!final.cross) {
    const effort = final.trainSize === undefined ? { ...noEffort, trials } : trainedAnew(basis.final, basis.mostSteps, trials);
    return [{ name: finalGridName, kind: 'grid', effort }];
  }
  const fidelity = objectiveFor(objective).fidelity(searchSpace);
  const models = mostCrossedPoints(
    searchSpace.filter(({ name }) => !(fidelity?.continues && name === fidelity.parameter)),
    count,
  );
  const touched = Math.min(trials, models);
  const stepsExpected = touched * expectedGreatest(basis.search.steps, trials / touched);
  const effort = {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: touched * basis.mostSteps,
    stepsExpected,
    coreSeconds: times(basis.final.step, stepsExpected),
    diskMb: touched * basis.final.checkpointMb,
  };
  return [{ name: finalGridName, kind: 'grid', effort }];
}

/**
 * Trained models are kept for the test; at worst they are gone and every configuration is trained again. Configurations that a
 * final on other data did not try are trained for the test in any case.
 */
function testing(basis: Basis): ExactPart {
  const { final } = basis.campaign;
  const trials = mostEvaluated(basis.campaign);
  const measured = times(basis.final.evaluation, trials);
  const again = trainedAnew(basis.final, basis.mostSteps, trials);
  const fresh = trainedAnew(basis.final, basis.mostSteps, final?.trainSize === undefined ? 0 : leftOutOfFinal(basis.campaign));
  const coreSeconds = { low: measured.low + fresh.coreSeconds.low, high: measured.high + again.coreSeconds.high };
  return { name: testName, kind: 'test', effort: { ...again, stepsExpected: fresh.stepsExpected, coreSeconds, diskMb: fresh.diskMb } };
}

function repeats(basis: Basis): ExactPart[] {
  const { evaluation } = basis.campaign;
  const trials = mostEvaluated(basis.campaign);
  const trained = trainedAnew(basis.repeat, basis.mostSteps, trials);
  const effort = { ...trained, coreSeconds: plus(trained.coreSeconds, times(basis.repeat.evaluation, trials)) };
  return Array.from({ length: evaluation.repeats }, (_, index) => ({ name: repeatName(index + 1), kind: 'repeat', effort }));
}

/** Studies whose best is evaluated without having been in the final. */
function leftOutOfFinal({ studies, final }: ResolvedCampaign): number {
  return studies.filter(({ name }) => !final?.finalists.some(({ study }) => study === name)).length;
}

async function basisOf(campaign: ResolvedCampaign): Promise<Basis> {
  const { searchSpace, objective } = campaign;
  const configurations = spreadOver(searchSpace);
  const known = new Map<string, SampledMeans>();
  const meansFor = async (options: StudySpec['objective']): Promise<SampledMeans> => {
    const key = canonicalText(options);
    const means = known.get(key) ?? (await sampledMeans(options, configurations));
    known.set(key, means);
    return means;
  };
  const search = await meansFor(objective);
  return {
    campaign,
    mostSteps: mostStepsOf(objective, searchSpace, { steps: search.steps, isAll: false }),
    search,
    final: await meansFor(finalObjective(campaign)),
    repeat: await meansFor(repeatObjective(campaign)),
  };
}
