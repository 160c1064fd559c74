import type { z } from 'zod';
import type { Json } from '../shared/digest.ts';

/** Evaluates the jobs of an objective: in the process of a runner, or in a trainer that the runner starts. */
export type Evaluator = InProcessEvaluator | TrainerEvaluator;

/** A job, as far as its evaluator sees it. */
export interface EvaluatorJob {
  readonly payload: Json;
  /** Steps asked for, at least 1. */
  readonly steps: number;
}

/** For cheap work: it shares the runner's event loop with heartbeats, and begins anew in every attempt. */
export interface InProcessEvaluator {
  readonly kind: 'in-process';
  /**
   * Evaluates a job. It must report the last requested step, which completes the trial. After the signal is aborted (a pause, a
   * lost lease, the time limit of the study) nothing is recorded any more, whether it returns or not.
   *
   * @throws EvaluationError with a code of the objective's `failures`; any other error counts as `training-error`
   */
  evaluate(job: EvaluatorJob, context: EvaluationContext): Promise<void>;
}

/** Dependencies of an evaluation in the runner's process. */
export interface EvaluationContext {
  readonly signal: AbortSignal;
  /**
   * Records the values of a step, in ascending order of steps from 1; steps may be left out.
   *
   * @throws the signal's reason if the evaluation must stop
   */
  report(step: number, values: Readonly<Record<string, number | null>>): Promise<void>;
}

/** A failed evaluation, with a code of its objective. The message is for people. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * For work that needs a process of its own: heavy libraries, memory, time. Its programs are named by their paths from the root of
 * the sources, without extension, and started by path; they are never imported.
 */
export interface TrainerEvaluator {
  readonly kind: 'trainer';
  /** The program that takes one training after another, and speaks `trainer-protocol.ts`. */
  readonly entry: string;
  /** null: its jobs need no data. */
  readonly preparation: DataPreparation | null;
  /**
   * Identifies the training of a job in its environment. A pure function. The result's key must not depend on the number of steps.
   *
   * @throws ZodError if the payload is not the objective's
   */
  training(job: EvaluatorJob, place: TrainingPlace): IdentifiedTraining;
  /** Checks held-out measurements, which are stored as they are; null: it makes none. */
  readonly evaluationSchema: z.ZodType<Json> | null;
}

/** Gets the data that jobs need, in a process of its own. */
export interface DataPreparation {
  /** The program that prepares one request and ends; it speaks `preparation-protocol.ts`. */
  readonly entry: string;
  /** Code of the failure of an attempt whose data could not be had: one of the objective's `failures`. */
  readonly unavailable: string;
  /** The request for the data of a job. Equal requests are prepared once. @throws ZodError if the payload is not the objective's */
  request(payload: Json, settings: PreparationSettings): Readonly<Record<string, Json>>;
}

/** The folder for data, and the sources of it. */
export interface PreparationSettings {
  readonly dataFolder: string;
  /** Paths of local sources in place of those on the network, by name. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Data that is ready for training. */
export interface PreparedData {
  readonly folder: string;
  /** Names its contents. */
  readonly digest: string;
}

/** Environment of a training, as far as its values depend on it. */
export interface TrainingPlace {
  /** null if the evaluator has no preparation. */
  readonly data: PreparedData | null;
  /** Versions of the trainer's libraries, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Class of processors that give the same bits. */
  readonly processor: string;
}

/** The training that a job is in its place. */
export interface IdentifiedTraining {
  /** Equal for trainings whose steps are bit for bit the same: those that one took are read by the others. */
  readonly resultKey: string;
  /**
   * For a training whose values change on the way: the trainings whose steps its own begin with, in order. Each has the steps after those of
   * the one before it. Absent: none.
   */
  readonly inherited?: readonly InheritedSteps[];
  /** Facts that shape its values besides its job, for people; stored with the key. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** The trainer's request (`TrainRequest.job`). */
  readonly request: Json;
}

/** A training that another one continues with changed values. */
export interface InheritedSteps {
  readonly resultKey: string;
  /** The last of its steps that the other one begins with. */
  readonly lastStep: number;
}
