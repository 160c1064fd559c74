import type { Hyperparameters } from './hyperparameters.ts';
import type { TestEvaluation } from './test-evaluation.ts';

/**
 * What a runner and a trainer say to each other over the channel of a child process. The runner starts the trainer by
 * path; the trainer answers `ready` once TensorFlow is loaded, then takes one training after another. A trainer whose
 * channel closes (its runner died) ends itself.
 */
export type RunnerMessage = TrainRequest | ContinueTraining | StopTraining;

/** Train one configuration, from its last epoch checkpoint where there is one. */
export interface TrainRequest {
  readonly type: 'train';
  /** Echoed in every answer, so that a late message of an earlier training is recognised. */
  readonly training: string;
  /** Folder of a prepared dataset (see datasets/prepare.ts). */
  readonly datasetFolder: string;
  /** Reviews to train on, from the front of the shuffled training split; validation shrinks alike. null: all. */
  readonly trainSize: number | null;
  readonly hyperparameters: Hyperparameters;
  /** Seed of weights, shuffles and dropout: a digest of the objective's seed and the hyperparameters without epochs. */
  readonly modelSeed: string;
  /** Epoch checkpoints are written here as `<epoch>.ckpt`: beside it first, synced, then renamed. */
  readonly checkpointFolder: string;
  /** Epoch checkpoints that may be continued from, the best first. One that is missing or broken is passed over. */
  readonly resumeFrom: readonly EpochCheckpointFile[];
  /** Whether the model is measured on the test split after its last epoch; nothing else reads that split. */
  readonly evaluateOnTest: boolean;
}

/** A written epoch checkpoint: weights, optimizer moments and position after `epoch` whole epochs. */
export interface EpochCheckpointFile {
  readonly epoch: number;
  /** Path of the file. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

/** Answer to `epoch` and `evaluated`: it is recorded, go on. */
export interface ContinueTraining {
  readonly type: 'continue';
  readonly training: string;
}

/** Stop at once (`now: true`: the work since the last epoch checkpoint is given up) or after the running epoch. */
export interface StopTraining {
  readonly type: 'stop';
  readonly training: string;
  readonly now: boolean;
}

export type TrainerMessage =
  | TrainerReady
  | TrainerUnavailable
  | TrainingStarted
  | TrainingProgress
  | EpochDone
  | EvaluationDone
  | TrainingFinished
  | TrainingStopped
  | TrainingFailed;

export interface TrainerReady {
  readonly type: 'ready';
  /** Version of the native TensorFlow library, e.g. `2.21.0`. */
  readonly tensorflowVersion: string;
}

/** Instead of `ready`: TensorFlow cannot be loaded. The trainer then exits with code 0; another would say the same. */
export interface TrainerUnavailable {
  readonly type: 'unavailable';
  /** What is missing and how to get it. */
  readonly message: string;
}

/** The training begins after `epoch` whole epochs (0: from nothing). */
export interface TrainingStarted {
  readonly type: 'started';
  readonly training: string;
  readonly epoch: number;
  /** Checkpoints of later epochs that it was to continue from and could not. Absent: none. */
  readonly passedOver?: readonly UnusableCheckpoint[];
}

/** An epoch checkpoint that is recorded and cannot be used; what came after its predecessor is trained again. */
export interface UnusableCheckpoint {
  readonly epoch: number;
  /** For people: it is missing, cut, changed, or of another format or training. */
  readonly reason: string;
}

/** Sent at most once a second: the sign of life that keeps a lease. */
export interface TrainingProgress {
  readonly type: 'progress';
  readonly training: string;
  /** The epoch being trained, from 1; the last one while the test split is measured, whose batches are the steps then. */
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  /** Resident memory of the trainer. */
  readonly rssBytes: number;
}

/** Metrics on the validation split after an epoch. A value that is not finite is null. */
export interface EpochMetrics {
  /** Mean binary cross-entropy (natural logarithm). */
  readonly loss: number | null;
  /** Share of reviews on the right side of 0.5. */
  readonly accuracy: number;
  /** Area under the precision-recall curve: average precision. */
  readonly aucPr: number;
  /** Mean binary cross-entropy over the training batches of the epoch. */
  readonly trainLoss: number | null;
}

/**
 * An epoch is trained, measured and its checkpoint written. The trainer waits for `continue` or `stop`; a `stop` that came
 * while the epoch ran is taken as the answer.
 */
export interface EpochDone {
  readonly type: 'epoch';
  readonly training: string;
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  /** The loss was not finite: the training ends here and every review counts as the negative class. */
  readonly diverged: boolean;
  /** null where it could not be written (the training goes on; `checkpointError` says why) or the run diverged. */
  readonly checkpoint: EpochCheckpointFile | null;
  readonly checkpointError?: string;
  readonly rssBytes: number;
}

/**
 * The model of the last epoch (or what stands for one that diverged) is measured on the test split. Sent once, after the
 * last `epoch` was answered, where the request asked for it; the trainer waits for `continue` or `stop`, and a `stop` that came while it measured is
 * taken as the answer.
 */
export interface EvaluationDone {
  readonly type: 'evaluated';
  readonly training: string;
  readonly epoch: number;
  readonly evaluation: TestEvaluation;
  readonly rssBytes: number;
}

/** All epochs are trained (or it diverged) and the last `epoch` was answered with `continue`. */
export interface TrainingFinished {
  readonly type: 'finished';
  readonly training: string;
  readonly epochs: number;
  readonly diverged: boolean;
}

/** The training stopped as asked, after `epoch` whole epochs. */
export interface TrainingStopped {
  readonly type: 'stopped';
  readonly training: string;
  readonly epoch: number;
}

/** The training failed by itself: the attempt is charged. */
export interface TrainingFailed {
  readonly type: 'failed';
  readonly training: string;
  readonly message: string;
}
