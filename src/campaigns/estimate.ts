import { setImmediate } from 'node:timers/promises';
import type { CoreSeconds, Job, JobCost } from '../objectives/contract.ts';
import { objectiveFor } from '../objectives/table.ts';
import { canonicalText } from '../shared/digest.ts';
import type { Configuration } from '../space/configuration.ts';
import type { StudySpec } from '../studies/definition/definition.ts';
import { plannedTrials } from '../studies/search/planned-trials.ts';
import type { PartKind } from './campaign.ts';
import { type Effort, type ExactEffort, effortSum, hours, noEffort, plus, rounded, times } from './effort.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { finalGridName, repeatName, testName } from './part-names.ts';
import { finalObjective, repeatObjective, searchPart } from './parts.ts';
import { expectedGreatest, meanOver, spreadOver } from './space-average.ts';
import type { ResolvedCampaign } from './spec.ts';

/** The effort of a part of a campaign. */
export interface PartEstimate extends Effort {
  readonly part: string;
  readonly kind: PartKind;
}

/** The effort of a campaign, before anything is created. */
export interface CampaignEstimate {
  readonly parts: readonly PartEstimate[];
  readonly total: Effort;
  /** The assumptions, in words. */
  readonly assumes: string;
}

const counted =
  'Trials are counts; trainings and steps at most are upper bounds. Expected steps, core-hours and disk assume configurations spread evenly over the search space; a search that prefers more expensive ones takes longer. The estimate assumes that the searches reuse no result and that no training diverges; otherwise they take less.';
const costed =
  'Divide core-hours by the number of cores to get the elapsed time. Disk counts the last step checkpoint of each training; the service deletes old ones above its limit.';
const notCosted = 'The objective has no estimate of processor time and disk.';

/** Means over the space, for one use of the objective. */
interface Means {
  readonly meanSteps: number;
  readonly step: CoreSeconds;
  readonly evaluation: CoreSeconds;
  readonly checkpointMb: number;
}

/** The basis of the estimates of all parts. */
interface Basis {
  readonly campaign: ResolvedCampaign;
  /** Most steps of a trial. */
  readonly mostSteps: number;
  /** Steps of configurations spread over the space. */
  readonly steps: readonly number[];
  /** As the searches, the final and the repeats use the objective. */
  readonly search: Means;
  readonly final: Means;
  readonly repeat: Means;
}

/** A part before rounding; without an effort if only time or a target value ends it. */
interface ExactPart {
  readonly part: string;
  readonly kind: PartKind;
  readonly effort: ExactEffort | null;
}

/** Estimates a campaign without creating anything: nothing is drawn, read or measured for it. Yields to the event loop. */
export async function estimateCampaign(campaign: ResolvedCampaign): Promise<CampaignEstimate> {
  const basis = await basisOf(campaign);
  const { cost } = objectiveFor(campaign.objective);
  const parts = [...searches(basis), ...finalGrid(basis), testing(basis), ...repeats(basis)];
  const efforts = parts.map(({ effort }) => effort);
  return {
    parts: parts.map(({ part, kind, effort }) => ({ part, kind, ...rounded(effort, cost !== null) })),
    total: rounded(efforts.every((effort) => effort !== null) ? efforts.reduce(effortSum) : null, cost !== null),
    assumes: [counted, ...(cost ? [cost.assumes, costed] : [notCosted])].join(' '),
  };
}

function searches(basis: Basis): ExactPart[] {
  return basis.campaign.studies.map((study) => {
    const trials = plannedTrials(searchPart(basis.campaign, study).spec);
    return { part: study.name, kind: 'search', effort: trials === null ? null : trainedAnew(basis, basis.search, trials) };
  });
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
  const most = final.grid.trials ?? Number.POSITIVE_INFINITY;
  if (!final.cross) {
    const trials = Math.min(count, most);
    const effort = final.trainSize === undefined ? { ...noEffort, trials } : trainedAnew(basis, basis.final, trials);
    return [{ part: finalGridName, kind: 'grid', effort }];
  }
  const trials = Math.min(mostCrossedPoints(searchSpace, count), most);
  const fidelity = objectiveFor(objective).fidelity(searchSpace);
  const models = mostCrossedPoints(
    searchSpace.filter(({ name }) => !(fidelity?.continues && name === fidelity.parameter)),
    count,
  );
  const touched = Math.min(trials, models);
  const stepsExpected = touched * expectedGreatest(basis.steps, trials / touched);
  const effort = {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: touched * basis.mostSteps,
    stepsExpected,
    coreHours: hours(times(basis.final.step, stepsExpected)),
    diskMb: touched * basis.final.checkpointMb,
  };
  return [{ part: finalGridName, kind: 'grid', effort }];
}

/**
 * Trained models are kept for the test; at worst they are gone and every configuration is trained again. Configurations that a
 * final on other data did not try are trained for the test in any case.
 */
function testing(basis: Basis): ExactPart {
  const { final } = basis.campaign;
  const trials = evaluated(basis.campaign);
  const measured = hours(times(basis.final.evaluation, trials));
  const again = trainedAnew(basis, basis.final, trials);
  const fresh = trainedAnew(basis, basis.final, final?.trainSize === undefined ? 0 : leftOutOfFinal(basis.campaign));
  const coreHours = { low: measured.low + fresh.coreHours.low, high: measured.high + again.coreHours.high };
  return { part: testName, kind: 'test', effort: { ...again, stepsExpected: fresh.stepsExpected, coreHours, diskMb: fresh.diskMb } };
}

function repeats(basis: Basis): ExactPart[] {
  const { evaluation } = basis.campaign;
  const trials = evaluated(basis.campaign);
  const trained = trainedAnew(basis, basis.repeat, trials);
  const effort = { ...trained, coreHours: plus(trained.coreHours, hours(times(basis.repeat.evaluation, trials))) };
  return Array.from({ length: evaluation.repeats }, (_, index) => ({ part: repeatName(index + 1), kind: 'repeat', effort }));
}

function trainedAnew({ mostSteps }: Basis, { meanSteps, step, checkpointMb }: Means, trials: number): ExactEffort {
  const stepsExpected = trials * meanSteps;
  return {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: trials * mostSteps,
    stepsExpected,
    coreHours: hours(times(step, stepsExpected)),
    diskMb: trials * checkpointMb,
  };
}

/** Studies whose best is evaluated without having been in the final. */
function leftOutOfFinal({ studies, final }: ResolvedCampaign): number {
  return studies.filter(({ name }) => !final?.finalists.some(({ study }) => study === name)).length;
}

function finalistsIn({ finalists }: NonNullable<ResolvedCampaign['final']>): number {
  return finalists.reduce((count, { top }) => count + top, 0);
}

/** Upper bound of evaluated configurations: the best of each study, the entrants of the final, and a winner that the final found. */
function evaluated({ studies, final }: ResolvedCampaign): number {
  const top = new Map(final?.finalists.map((entry) => [entry.study, entry.top]));
  return studies.reduce((count, { name }) => count + (top.get(name) ?? 1), final?.cross ? 1 : 0);
}

async function basisOf(campaign: ResolvedCampaign): Promise<Basis> {
  const { searchSpace, objective } = campaign;
  const configurations = spreadOver(searchSpace);
  const jobs = await mapped(configurations, jobOf(objective));
  const known = new Map([[canonicalText(objective), await meansOf(objective, jobs)]]);
  const meansFor = async (options: StudySpec['objective']): Promise<Means> => {
    const key = canonicalText(options);
    const means = known.get(key) ?? (await meansOf(options, await mapped(configurations, jobOf(options))));
    known.set(key, means);
    return means;
  };
  return {
    campaign,
    mostSteps: objectiveFor(objective).fidelity(searchSpace)?.most ?? 1,
    steps: jobs.map(({ steps }) => steps),
    search: await meansFor(objective),
    final: await meansFor(finalObjective(campaign)),
    repeat: await meansFor(repeatObjective(campaign)),
  };
}

function jobOf(options: StudySpec['objective']): (parameters: Configuration) => Job {
  const objective = objectiveFor(options);
  return (parameters) => objective.job({ parameters, seed: 0, evaluate: false });
}

async function meansOf(options: StudySpec['objective'], jobs: readonly Job[]): Promise<Means> {
  const { cost } = objectiveFor(options);
  const costs = cost ? await mapped(jobs, cost.estimate) : [];
  const mean = (of: (cost: JobCost) => number): number => (costs.length === 0 ? 0 : meanOver(costs, of));
  return {
    meanSteps: meanOver(jobs, ({ steps }) => steps),
    step: { low: mean(({ step }) => step.low), high: mean(({ step }) => step.high) },
    evaluation: { low: mean(({ evaluation }) => evaluation.low), high: mean(({ evaluation }) => evaluation.high) },
    checkpointMb: mean(({ checkpointBytes }) => checkpointBytes) / 1e6,
  };
}

/** Jobs and costs made between two pauses: a few milliseconds of work in a cold process. */
const atOnce = 64;

/** Maps items, and yields to the event loop now and then: a job takes a digest and a check of its payload. */
async function mapped<Item, Result>(items: readonly Item[], of: (item: Item) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(of(item));
    if (results.length % atOnce === 0) await setImmediate();
  }
  return results;
}
