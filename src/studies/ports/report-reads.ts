import type { EarlierValues } from '../../space/earlier-values.ts';
import type { Leader, Trial } from '../model/trial.ts';
import type { Judgement } from '../pruning/judgement.ts';

/** Results and costs of a study's trials so far. A trial is charged if it ended, was not cancelled, and counts. */
export interface TrialTotals {
  readonly charged: number;
  readonly completed: number;
  readonly failed: number;
  /** Trials that were stopped early. */
  readonly pruned: number;
  /** Completed trials that count, by source of their results. */
  readonly sources: {
    readonly trained: number;
    readonly reused: { readonly equal: number; readonly longer: number };
    readonly imported: number;
  };
  /** Trials of any state with at least one trained step. */
  readonly trainings: number;
  /** Steps of the charged trials' results. */
  readonly stepsDone: number;
  /** Steps trained, for trials of any state. */
  readonly stepsTrained: number;
  /** Steps that charged trials read from other trainings. */
  readonly stepsReused: number;
  /** Steps that stopped trials asked for and did not take; unknown, and 0, where workers of clients evaluate. */
  readonly stepsSaved: number;
  /** Seconds from a trial's first claim to its end, summed over ended trials; includes the wait of a requeued trial. */
  readonly heldSeconds: number;
  /** Trials that were claimed more than once. */
  readonly interrupted: number;
  readonly firstStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
}

/** A trial better than all before it. */
export interface Improvement {
  /** Its place among the charged trials, from 1. */
  readonly charged: number;
  /** Steps of the results of the charged trials up to and with it. */
  readonly stepsDone: number;
  readonly trial: number;
  readonly value: number;
}

/**
 * The values of a closed generation, of the individuals that keep the limits of the study and were not stopped early; null if none has
 * one, and with several metrics.
 */
export interface GenerationValues {
  /** From 0. */
  readonly generation: number;
  /** Trials of the study up to its end. */
  readonly trials: number;
  readonly mean: number | null;
  readonly best: number | null;
}

/** The metric that ranks at some steps of a trial that completed or was stopped early. */
export interface LearningCurve extends Pick<Trial, 'number' | 'value' | 'prunedAt'> {
  /** By step, at least one. A value that is not finite is null. */
  readonly points: readonly { readonly step: number; readonly value: number | null }[];
}

/** Limits of the learning curves that are read. */
export interface CurveLimits {
  /** Trials from the top of the leaderboard. */
  readonly best: number;
  /** Trials beside them, spread evenly over the numbers up to the last trial that completed or was stopped. */
  readonly others: number;
  /** Points of a curve: an even number from 4 on. */
  readonly points: number;
}

/** The learning curves of a study, by number of the trial. */
export interface LearningCurves {
  /** False: they are those of all trials. */
  readonly sampled: boolean;
  readonly curves: readonly LearningCurve[];
}

/** Limits of the stopped trials that are read. */
export interface StoppedLimits {
  /** Steps of which the stopped trials are counted: those with the most. */
  readonly steps: number;
  readonly trials: number;
}

/** Trials that were stopped early and count. */
export interface StoppedTrials {
  /** By step, the number of trials that were stopped after it. */
  readonly steps: readonly { readonly step: number; readonly trials: number }[];
  /** Those with the most steps first; with equally many, the better one first. Each with the judgement that stopped it. */
  readonly furthest: readonly (Pick<Trial, 'number' | 'value' | 'parameters'> & { readonly judgement: Judgement })[];
}

/** A rung of a search with rungs, over all brackets or generations. */
export interface RungTotals {
  /** From 0. */
  readonly rung: number;
  readonly fewestSteps: number;
  readonly mostSteps: number;
  readonly trials: number;
  /** Trials that another one continues. */
  readonly wentOn: number;
  /** Best value of the metric; null if no trial has one that ranks. */
  readonly best: number | null;
  /** Steps that its other trials would still have taken to their end. */
  readonly stepsSaved: number;
}

/** A trial of a ranking. */
export interface ReportLeader extends Leader {
  /** The values of the earlier steps. Absent: they are the same. */
  readonly earlierValues?: EarlierValues;
}

/** A member of a population that trains together, as its last trial that completed or failed left it. */
export interface MemberTrial extends Pick<Trial, 'number' | 'value' | 'parameters'> {
  /** Its place in the population, from 0. */
  readonly member: number;
  /** Steps that the trial asked for. */
  readonly steps: number;
  /** Number of its trials that continue one of another member. */
  readonly copies: number;
  /** The values of the earlier steps. */
  readonly earlierValues: EarlierValues;
}

/** Reads of a study whose results are at most as large as its report, however large the study is. */
export interface ReportReads {
  trialTotals(studyId: string): Promise<TrialTotals>;
  /** The best value so far as a step function, ordered by number. */
  improvements(studyId: string): Promise<Improvement[]>;
  /**
   * The best distinct configurations of completed trials that count, best first, each by its first trial; two with other earlier values are
   * distinct. Taken from the best 2,000 trials.
   */
  bestConfigurations(studyId: string, atMost: number): Promise<ReportLeader[]>;
  /** Completed trials that count, ordered by number; if there are more than `atMost`, that many at even distances. */
  trialPoints(studyId: string, atMost: number): Promise<Leader[]>;
  /** Closed generations in order; if there are more than `atMost`, that many at even distances. */
  generationValues(studyId: string, atMost: number): Promise<GenerationValues[]>;
  /**
   * The learning curves of the best trials and of an even sample of the others; of all trials if no more of them completed or were stopped
   * than the limits allow. Trials without a measurement have none, as those of an import. The cost does not grow with the study.
   */
  learningCurves(studyId: string, limits: CurveLimits): Promise<LearningCurves>;
  stoppedTrials(studyId: string, limits: StoppedLimits): Promise<StoppedTrials>;
  /** The rungs of a study whose sampler has rungs, in order. */
  rungTotals(studyId: string): Promise<RungTotals[]>;
  /** The members of a study whose sampler changes values while trials go on, best first, at most so many. */
  memberTrials(studyId: string, atMost: number): Promise<MemberTrial[]>;
}
