import type { Json } from '../shared/digest.ts';
import type { Values } from './contract.ts';
import type { StopReason } from './stop-reason.ts';

/**
 * Messages between a runner and a trainer over the channel of a child process. The runner starts the trainer by path; the trainer
 * answers `ready` once its libraries are loaded, then takes one training after another. A trainer whose channel closes (its runner
 * died) exits.
 */
export type RunnerMessage = TrainRequest | ContinueTraining | StopTraining;

/** Evaluates one job, from its last step checkpoint if there is one. */
export interface TrainRequest {
  readonly type: 'train';
  /** Echoed in every answer, so that a late message of an earlier training is recognised. */
  readonly training: string;
  /** The objective's own request: its job and the path of the prepared data. */
  readonly job: Json;
  /**
   * A scratch folder of this training alone. The trainer leaves step checkpoints here as `<step>.ckpt`: written to a temporary
   * file, synced, then renamed. The runner takes them from here.
   */
  readonly checkpointFolder: string;
  /** Step checkpoints to continue from, the best first. A missing or broken one is skipped. */
  readonly resumeFrom: readonly StepCheckpointFile[];
  /** True if the result is measured on held-out data after its last step; nothing else reads that data. */
  readonly evaluate: boolean;
}

/** A written step checkpoint: everything needed to continue after `step` whole steps. */
export interface StepCheckpointFile {
  readonly step: number;
  /** Path of the file. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

/** Answer to `measured` and `evaluated`: it is recorded, continue. */
export interface ContinueTraining {
  readonly type: 'continue';
  readonly training: string;
}

/**
 * Stop for this reason: `pause` and `drain` after the running step, `terminate` and `abandon` at once, which gives up the work since
 * the last step checkpoint.
 */
export interface StopTraining {
  readonly type: 'stop';
  readonly training: string;
  readonly reason: StopReason;
}

export type TrainerMessage =
  | TrainerReady
  | TrainerUnavailable
  | TrainingStarted
  | TrainingProgress
  | StepDone
  | EvaluationDone
  | TrainingFinished
  | TrainingStopped
  | TrainingFailed;

export interface TrainerReady {
  readonly type: 'ready';
  /** Versions of the libraries that shape its values, by name. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** Instead of `ready`: a library cannot be loaded. The trainer then exits with code 0; another would say the same. */
export interface TrainerUnavailable {
  readonly type: 'unavailable';
  /** The missing thing and the way to get it. */
  readonly message: string;
}

/** The training begins after `step` whole steps (0: from nothing). */
export interface TrainingStarted {
  readonly type: 'started';
  readonly training: string;
  readonly step: number;
  /** Checkpoints of later steps that it was to continue from and could not. Absent: none. */
  readonly passedOver?: readonly UnusableCheckpoint[];
}

/** A recorded step checkpoint that cannot be used; the steps after its predecessor are trained again. */
export interface UnusableCheckpoint {
  readonly step: number;
  /** For people: it is missing, cut, changed, or of another format or training. */
  readonly reason: string;
}

/** Sent at most once a second: the sign of life that keeps a lease. */
export interface TrainingProgress {
  readonly type: 'progress';
  readonly training: string;
  /** The step being taken, from 1. */
  readonly step: number;
  /** Parts of the step that are done, and all of them, in the trainer's own unit. */
  readonly done: number;
  readonly total: number;
  /** Resident memory of the trainer. */
  readonly rssBytes: number;
}

/**
 * A step is taken, measured and its checkpoint written. The trainer waits for `continue` or `stop`; a `stop` that came
 * while the step ran is taken as the answer.
 */
export interface StepDone {
  readonly type: 'measured';
  readonly training: string;
  readonly step: number;
  readonly values: Values;
  /** The training broke down in this step: no step follows, and its values answer every request for more steps. */
  readonly diverged: boolean;
  /** null if it could not be written (the training continues; `checkpointError` gives the reason) or the run diverged. */
  readonly checkpoint: StepCheckpointFile | null;
  readonly checkpointError?: string;
  readonly rssBytes: number;
}

/**
 * The result of the last step (or its substitute after divergence) is measured on held-out data. Sent once, after the last
 * `measured` was answered, if the request asked for it; the trainer waits for `continue` or `stop`, and takes a `stop` that arrived
 * while it measured as the answer.
 */
export interface EvaluationDone {
  readonly type: 'evaluated';
  readonly training: string;
  readonly step: number;
  readonly evaluation: Json;
  readonly rssBytes: number;
}

/** All steps are taken (or it diverged) and the last `measured` was answered with `continue`. */
export interface TrainingFinished {
  readonly type: 'finished';
  readonly training: string;
  readonly steps: number;
  readonly diverged: boolean;
}

/** The training stopped as asked, after `step` whole steps. */
export interface TrainingStopped {
  readonly type: 'stopped';
  readonly training: string;
  readonly step: number;
}

/** The training failed: the attempt is charged. */
export interface TrainingFailed {
  readonly type: 'failed';
  readonly training: string;
  readonly message: string;
}
