import type { Leader } from '../model/trial.ts';

/** What the trials of a study came to and cost so far. A trial is charged when it ended, was not cancelled, and counts. */
export interface TrialTotals {
  readonly charged: number;
  readonly completed: number;
  readonly failed: number;
  /** Completed trials that count, by where their results came from. */
  readonly sources: {
    readonly trained: number;
    readonly reused: { readonly equal: number; readonly longer: number };
    readonly imported: number;
  };
  /** Trials of any state that at least one step was trained for. */
  readonly trainings: number;
  /** Steps that the results of the charged trials stand on. */
  readonly stepsCharged: number;
  /** Steps trained, for trials of any state. */
  readonly stepsTrained: number;
  /** Steps that charged trials read from other trainings. */
  readonly stepsReused: number;
  /** From a trial's first claim to its end, summed over those that ended; the wait of one that was put back is in it. */
  readonly heldSeconds: number;
  /** Trials that were claimed more than once. */
  readonly interrupted: number;
  readonly firstStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
}

/** A trial that was better than all before it; `charged`: its place among the charged trials, from 1. */
export interface Improvement {
  readonly charged: number;
  readonly trial: number;
  readonly value: number;
}

/** The values of a closed generation; null where no individual has one. */
export interface GenerationValues {
  /** From 0. */
  readonly generation: number;
  /** Trials of the study up to its end. */
  readonly trials: number;
  readonly mean: number | null;
  readonly best: number | null;
}

/** Reads of a study that are as large as its report, however large the study is. */
export interface ReportReads {
  trialTotals(studyId: string): Promise<TrialTotals>;
  /** The best value so far as steps, in order of number. */
  improvements(studyId: string): Promise<Improvement[]>;
  /** The best different configurations of completed trials that count, best first, each by its first trial. Looked for among the best 2,000 trials. */
  bestConfigurations(studyId: string, atMost: number): Promise<Leader[]>;
  /** Completed trials that count, in order of number; where there are more than `atMost`, that many at even distances. */
  trialPoints(studyId: string, atMost: number): Promise<Leader[]>;
  /** Closed generations in order; where there are more than `atMost`, that many at even distances. */
  generationValues(studyId: string, atMost: number): Promise<GenerationValues[]>;
}
