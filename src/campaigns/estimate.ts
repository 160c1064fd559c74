import { datasetCatalogue } from '../objectives/text-classifier/datasets/catalogue.ts';
import { validationSizeFor } from '../objectives/text-classifier/datasets/split.ts';
import { mostEpochs } from '../objectives/text-classifier/objective.ts';
import { plannedTrials } from '../studies/search/trial-limit.ts';
import type { PartKind } from './campaign.ts';
import { type Effort, type ExactEffort, effortSum, hours, noEffort, plus, rounded, times } from './effort.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { finalGridName, repeatName, testName } from './part-names.ts';
import { searchPart } from './parts.ts';
import { expectedGreatest, meanOver, spreadOver } from './space-average.ts';
import type { ResolvedCampaign } from './spec.ts';
import { type CoreSeconds, checkpointBytes, measuringPass, trainingPass } from './training-cost.ts';

/** What a part of a campaign may take. */
export interface PartEstimate extends Effort {
  readonly part: string;
  readonly kind: PartKind;
}

/** What a campaign may take, before anything is created. */
export interface CampaignEstimate {
  readonly parts: readonly PartEstimate[];
  readonly total: Effort;
  /** What it stands on, in words. */
  readonly assumes: string;
}

const assumes =
  'Trials, and trainings and epochs at most, are counted. Expected epochs, core-hours and disk assume configurations spread evenly over the search space and steps as long as were measured on a virtual x86-64 core, one process with one thread for each, in a fast and in a slow hour; a search that turns to larger models takes longer. In the searches no result is taken to be reused and no training to diverge: where that happens they take less. Divide core-hours by the cores for the time on a clock. Disk counts the last epoch checkpoint of each training; the service removes old ones where its limit is lower.';

/** Means over the space that the estimates of all parts stand on. */
interface Means {
  readonly campaign: ResolvedCampaign;
  readonly mostEpochs: number;
  readonly epochs: readonly number[];
  readonly meanEpochs: number;
  readonly checkpointMb: number;
  /** An epoch on so many training texts, null being all, its measuring on the validation split included. */
  epochSeconds(trainSize: number | null): CoreSeconds;
  readonly testSeconds: CoreSeconds;
}

/** A part before it is rounded; no effort where nothing but time or a target value ends it. */
interface ExactPart {
  readonly part: string;
  readonly kind: PartKind;
  readonly effort: ExactEffort | null;
}

/** Says what a campaign may take without creating anything: nothing is drawn, read or measured for it. */
export function estimateCampaign(campaign: ResolvedCampaign): CampaignEstimate {
  const means = meansOf(campaign);
  const parts = [...searches(means), ...finalGrid(means), testing(means), ...repeats(means)];
  const efforts = parts.map(({ effort }) => effort);
  return {
    parts: parts.map(({ part, kind, effort }) => ({ part, kind, ...rounded(effort) })),
    total: rounded(efforts.every((effort) => effort !== null) ? efforts.reduce(effortSum) : null),
    assumes,
  };
}

function searches(means: Means): ExactPart[] {
  return means.campaign.studies.map((study) => {
    const trials = plannedTrials(searchPart(means.campaign, study).spec);
    const effort = trials === null ? null : trainedAnew(means, trials, searchTrainSize(means));
    return { part: study.name, kind: 'search', effort };
  });
}

/**
 * The final crosses values that are not known yet. Its points share trainings: of those that differ in their epochs alone
 * each trains what the ones before it did not. The finalists alone are all known, unless the final trains on other data.
 */
function finalGrid(means: Means): ExactPart[] {
  const { searchSpace, final } = means.campaign;
  if (!final) return [];
  const count = finalistsIn(final);
  const most = final.grid.trials ?? Number.POSITIVE_INFINITY;
  if (!final.cross) {
    const trials = Math.min(count, most);
    const effort = final.trainSize === undefined ? { ...noEffort, trials } : trainedAnew(means, trials, finalTrainSize(means));
    return [{ part: finalGridName, kind: 'grid', effort }];
  }
  const trials = Math.min(mostCrossedPoints(searchSpace, count), most);
  const models = mostCrossedPoints(
    searchSpace.filter(({ name }) => name !== 'epochs'),
    count,
  );
  const touched = Math.min(trials, models);
  const stepsExpected = touched * expectedGreatest(means.epochs, trials / touched);
  const effort = {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: touched * means.mostEpochs,
    stepsExpected,
    coreHours: hours(times(means.epochSeconds(finalTrainSize(means)), stepsExpected)),
    diskMb: touched * means.checkpointMb,
  };
  return [{ part: finalGridName, kind: 'grid', effort }];
}

/**
 * Weights are kept for it; at worst they are gone and every configuration is trained again. What a final on other data did
 * not try is trained for it in any case.
 */
function testing(means: Means): ExactPart {
  const { final } = means.campaign;
  const trials = evaluated(means.campaign);
  const measured = hours(times(means.testSeconds, trials));
  const again = trainedAnew(means, trials, finalTrainSize(means));
  const fresh = trainedAnew(means, final?.trainSize === undefined ? 0 : leftOutOfFinal(means.campaign), finalTrainSize(means));
  const coreHours = { low: measured.low + fresh.coreHours.low, high: measured.high + again.coreHours.high };
  return { part: testName, kind: 'test', effort: { ...again, stepsExpected: fresh.stepsExpected, coreHours, diskMb: fresh.diskMb } };
}

function repeats(means: Means): ExactPart[] {
  const { evaluation } = means.campaign;
  const trials = evaluated(means.campaign);
  const trained = trainedAnew(means, trials, evaluation.trainSize ?? null);
  const effort = { ...trained, coreHours: plus(trained.coreHours, hours(times(means.testSeconds, trials))) };
  return Array.from({ length: evaluation.repeats }, (_, index) => ({ part: repeatName(index + 1), kind: 'repeat', effort }));
}

function trainedAnew(means: Means, trials: number, trainSize: number | null): ExactEffort {
  const stepsExpected = trials * means.meanEpochs;
  return {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: trials * means.mostEpochs,
    stepsExpected,
    coreHours: hours(times(means.epochSeconds(trainSize), stepsExpected)),
    diskMb: trials * means.checkpointMb,
  };
}

function searchTrainSize({ campaign }: Means): number | null {
  return campaign.objective.trainSize ?? null;
}

/** null: all texts. */
function finalTrainSize(means: Means): number | null {
  const trainSize = means.campaign.final?.trainSize;
  if (trainSize === undefined) return searchTrainSize(means);
  return trainSize === 'all' ? null : trainSize;
}

/** Studies whose best is evaluated without having been in the final. */
function leftOutOfFinal({ studies, final }: ResolvedCampaign): number {
  return studies.filter(({ name }) => !final?.finalists.some(({ study }) => study === name)).length;
}

function finalistsIn({ finalists }: NonNullable<ResolvedCampaign['final']>): number {
  return finalists.reduce((count, { top }) => count + top, 0);
}

/** Configurations that are evaluated, at most: the best of each study, what goes into the final, and a winner that the final found. */
function evaluated({ studies, final }: ResolvedCampaign): number {
  const top = new Map(final?.finalists.map((entry) => [entry.study, entry.top]));
  return studies.reduce((count, { name }) => count + (top.get(name) ?? 1), final?.cross ? 1 : 0);
}

function meansOf(campaign: ResolvedCampaign): Means {
  const { searchSpace, objective } = campaign;
  const spread = spreadOver(searchSpace, objective);
  const sizes = datasetCatalogue.find(({ name }) => name === objective.dataset)?.sizes ?? datasetCatalogue[0].sizes;
  const overSpace = (secondsOf: (hyperparameters: (typeof spread)[number]) => CoreSeconds): CoreSeconds => ({
    low: meanOver(spread, (point) => secondsOf(point).low),
    high: meanOver(spread, (point) => secondsOf(point).high),
  });
  return {
    campaign,
    mostEpochs: mostEpochs(searchSpace, objective),
    epochs: spread.map(({ epochs }) => epochs),
    meanEpochs: meanOver(spread, ({ epochs }) => epochs),
    checkpointMb: meanOver(spread, checkpointBytes) / 1e6,
    testSeconds: overSpace((point) => measuringPass(objective.dataset, point, sizes.test)),
    epochSeconds: (trainSize) => {
      const train = Math.min(trainSize ?? sizes.train, sizes.train);
      const validation = validationSizeFor(sizes, train);
      return overSpace((point) => plus(trainingPass(objective.dataset, point, train), measuringPass(objective.dataset, point, validation)));
    },
  };
}
