import type { Values } from '../../objectives/contract.ts';
import type { TestEvaluation } from '../../objectives/text-classifier/test-evaluation.ts';
import type { Origin } from '../../samplers/contract.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { TrialError } from './failure.ts';
import type { TrialState } from './states.ts';

/** Where the result of a trial can come from. */
export const trialSources = ['trained', 'memo', 'prefix', 'imported'] as const;

/** A trial as it is stored. */
export interface Trial {
  readonly id: string;
  readonly studyId: string;
  /** From 0, in the order of suggestion. */
  readonly number: number;
  readonly generation: number | null;
  readonly state: TrialState;
  readonly parameters: Configuration;
  readonly origin: Origin;
  /** The metric of the study; null until it is known, where it is not finite, and for failed trials. */
  readonly value: number | null;
  /** Metrics after the last step. */
  readonly values: Values | null;
  readonly diverged: boolean;
  /** Whole steps that its result stands on so far: what is charged, whether they were trained for it or read. */
  readonly stepsDone: number;
  /** Those of them that were trained for this trial; steps trained again after a death count once more. */
  readonly stepsTrained: number;
  /** How often a runner took it. */
  readonly attempts: number;
  /** Attempts that failed by themselves. */
  readonly failures: number;
  readonly source: (typeof trialSources)[number];
  /** What its suggestion saw, where the schedule did not fix it; else null. */
  readonly seen: SeenTrials | null;
  readonly error: TrialError | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What the search looks at of a trial. */
export type TrialResult = Pick<Trial, 'number' | 'state' | 'parameters' | 'origin' | 'value' | 'error'>;

/** A trial of a leaderboard, as far as others build on it. */
export type Leader = Pick<Trial, 'number' | 'parameters' | 'value'>;

/**
 * Which results a suggestion saw: those of trials 0 … `before` − 1, except these, which were open. As short as can be: trial
 * `before` − 1 was seen, and at most as many as the parallelism were open.
 */
export interface SeenTrials {
  readonly before: number;
  /** Ascending. */
  readonly except: readonly number[];
}

/** What can happen to a trial beside its results. */
export const incidentKinds = ['checkpoint-skipped', 'checkpoint-broken', 'late-result'] as const;

/** Something that happened to a trial, once for each kind and step. */
export interface TrialIncident {
  readonly kind: (typeof incidentKinds)[number];
  readonly step: number;
  /** For people. */
  readonly detail: string;
}

/** Where a training ran: all that can shape its bits beside its seeds. */
export interface TrainingEnvironment {
  /** Version of Clavier. */
  readonly clavier: string;
  readonly trainerVersion: number;
  readonly node: string;
  readonly tensorflow: string;
  readonly processor: string;
  readonly dataset: string;
}

/** A value measured after a step of a trial. */
export interface Measurement {
  readonly step: number;
  readonly values: Values;
  readonly recordedAt: Date;
}

/** A trial's model, measured on the test split. */
export interface TrialEvaluation {
  readonly trialId: string;
  readonly evaluation: TestEvaluation;
}
