import type { EpochCheckpointFile } from '../../../../src/objectives/text-classifier/tensorflow/epoch-checkpoint.ts';
import type { TensorFlow } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import {
  type EpochReport,
  runTraining,
  type TrainingObserver,
  type TrainingOutcome,
  type TrainingPlan,
  type UnusableCheckpoint,
} from '../../../../src/objectives/text-classifier/tensorflow/training-loop.ts';
import type { TestEvaluation } from '../../../../src/objectives/text-classifier/test-evaluation.ts';

export interface RecordedTraining {
  readonly startedAt: number;
  /** Checkpoints that it was to continue from and could not. */
  readonly passedOver: readonly UnusableCheckpoint[];
  readonly reports: readonly EpochReport[];
  /** The measurement on the test split, with the epoch it is of; null where there was none. */
  readonly evaluated: { readonly epoch: number; readonly evaluation: TestEvaluation } | null;
  readonly outcome: TrainingOutcome;
  /** Steps seen in all. */
  readonly steps: number;
}

/** Runs a training to its end and keeps what it reported. */
export async function recordTraining(
  tf: TensorFlow,
  plan: TrainingPlan,
  override: Partial<TrainingObserver> = {},
): Promise<RecordedTraining> {
  const reports: EpochReport[] = [];
  let evaluated: RecordedTraining['evaluated'] = null;
  let startedAt = -1;
  let passedOver: RecordedTraining['passedOver'] = [];
  let steps = 0;
  const outcome = await runTraining(tf, plan, {
    started: (epoch, unusable) => {
      startedAt = epoch;
      passedOver = unusable;
    },
    stepped: () => {
      steps += 1;
    },
    epochDone: (report) => {
      reports.push(report);
      return Promise.resolve('continue');
    },
    evaluated: (epoch, evaluation) => {
      evaluated = { epoch, evaluation };
      return Promise.resolve('continue');
    },
    stopOrder: () => null,
    ...override,
  });
  return { startedAt, passedOver, reports, evaluated, outcome, steps };
}

/** The checkpoint of an epoch, which must be there. */
export function checkpointOf(training: RecordedTraining, epoch: number): EpochCheckpointFile {
  const checkpoint = training.reports.find((report) => report.epoch === epoch)?.checkpoint;
  if (checkpoint == null) throw new Error(`epoch ${epoch} has no checkpoint`);
  return checkpoint;
}
