import { setImmediate } from 'node:timers/promises';
import { randomStream } from '../../../shared/random.ts';
import { type StopReason, stopsAtOnce } from '../../stop-reason.ts';
import { trainingBatches } from '../batches.ts';
import { type Dataset, type Split, shrink, validationSizeFor } from '../datasets/dataset.ts';
import { encodeBatch, tokenCounts } from '../encode.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { binaryMetrics, type EpochMetrics } from '../metrics.ts';
import { type EarlierSegments, hyperparametersAt } from '../segments.ts';
import { type TestEvaluation, testEvaluationOf } from '../test-evaluation.ts';
import { dropoutMask } from './dropout.ts';
import { type CheckpointIdentity, type EpochCheckpointFile, readEpochCheckpoint, writeEpochCheckpoint } from './epoch-checkpoint.ts';
import type { TensorFlow } from './load.ts';
import { Model } from './model.ts';
import { divergedPredictions, type Predictions, predict } from './predict.ts';

/** The complete input of a training. Its result depends on nothing else, whether or not it is interrupted. */
export interface TrainingPlan {
  readonly dataset: Pick<Dataset, 'digest' | 'sizes' | 'split'>;
  /** Number of training rows, from the front of the training split; validation shrinks in proportion. null: all. */
  readonly trainSize: number | null;
  readonly hyperparameters: Hyperparameters;
  /** Segments in which the first epochs have another learning rate or dropout; empty: none. */
  readonly earlier: EarlierSegments;
  readonly modelSeed: string;
  readonly checkpointFolder: string;
  /** Checkpoints to resume from, the best first. Unusable ones are skipped. */
  readonly resumeFrom: readonly EpochCheckpointFile[];
  /** True to measure the final model on the test split. That split is read for nothing else, and not before. */
  readonly evaluateOnTest: boolean;
}

/** The outcome of one epoch. */
export interface EpochReport {
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  /** True if the loss was not finite: the training ends here, and every text counts as the negative class. */
  readonly diverged: boolean;
  /** null if it could not be written (`checkpointError` says why) or the run diverged. */
  readonly checkpoint: EpochCheckpointFile | null;
  readonly checkpointError?: string;
}

/** A recorded epoch checkpoint that cannot be used. */
export interface UnusableCheckpoint {
  readonly epoch: number;
  readonly reason: string;
}

/** Observes a training and may stop it. Called between steps, where the event loop also runs. */
export interface TrainingObserver {
  /** Called once, before the first step, with the epoch after which the training begins and the later checkpoints that it skipped. */
  started(epoch: number, passedOver: readonly UnusableCheckpoint[]): void;
  /**
   * Called after every training step and before every batch of a measurement. `step` counts from 1. In the measurement on
   * the test split it counts that split's batches, and `epoch` is the last epoch.
   */
  stepped(epoch: number, step: number, steps: number): void;
  /** Called after an epoch. The training waits for the answer. */
  epochDone(report: EpochReport): Promise<'continue' | 'stop'>;
  /** Called when the model of the last epoch has been measured on the test split. The training waits for the answer. */
  evaluated(epoch: number, evaluation: TestEvaluation): Promise<'continue' | 'stop'>;
  /**
   * The reason to stop; null: continue. One that stops at once abandons the running epoch or measurement, any other counts as the
   * answer `stop` to it.
   */
  stopOrder(): StopReason | null;
}

export type TrainingOutcome = Finished | { readonly kind: 'stopped'; readonly epoch: number };

interface Finished {
  readonly kind: 'finished';
  readonly epochs: number;
  readonly diverged: boolean;
}

interface Training {
  readonly plan: TrainingPlan;
  readonly identity: CheckpointIdentity;
  readonly train: Split;
  readonly validation: Split;
  /** Tokens of each training row. */
  readonly lengths: Uint32Array;
  readonly model: Model;
  readonly observer: TrainingObserver;
}

/**
 * Trains from the best usable checkpoint until the last epoch, divergence or a stop. The random choices of each epoch have
 * streams of their own, so that a training of n epochs contains the training of k < n epochs bit for bit, and a resumed
 * training ends as if it had never stopped. Where values change between two epochs, weights, optimizer moments and the count of updates go
 * on: up to that epoch it is the training with the earlier values, bit for bit.
 *
 * @throws DomainError `dataset-broken` when a split cannot be read; whatever the observer throws
 */
export async function runTraining(tf: TensorFlow, plan: TrainingPlan, observer: TrainingObserver): Promise<TrainingOutcome> {
  const { dataset, trainSize, hyperparameters, earlier, modelSeed } = plan;
  const identity = { hyperparameters, earlier, modelSeed, datasetDigest: dataset.digest, trainSize };
  const train = trainSize === null ? dataset.split('train') : shrink(dataset.split('train'), trainSize);
  const validation = shrink(dataset.split('validation'), validationSizeFor(dataset.sizes, train.size));
  const lengths = tokenCounts(train, hyperparameters.maxLength);
  using model = new Model(tf, hyperparameters, modelSeed);
  const { epoch: resumed, passedOver } = await resume(model, plan, identity);
  observer.started(resumed, passedOver);
  const training = { plan, identity, train, validation, lengths, model, observer };
  const outcome = await trainEpochs(training, resumed);
  if (outcome.kind === 'stopped' || !plan.evaluateOnTest) return outcome;
  // Awaited here, because `using` disposes the model on return and the measurement needs it.
  return await measureOnTest(training, outcome);
}

/** The point at which a training continues: after `epoch` complete epochs (0: from the start). */
interface Resumed {
  readonly epoch: number;
  readonly passedOver: readonly UnusableCheckpoint[];
}

/** Restores the best usable checkpoint. Checkpoints beyond the requested epochs are ignored and not reported as skipped. */
async function resume(model: Model, { resumeFrom, hyperparameters }: TrainingPlan, identity: CheckpointIdentity): Promise<Resumed> {
  const passedOver: UnusableCheckpoint[] = [];
  for (const written of resumeFrom) {
    if (written.epoch > hyperparameters.epochs) continue;
    const read = await readEpochCheckpoint(written, identity);
    if (read.epoch !== null) {
      model.restore(read.state);
      return { epoch: read.epoch, passedOver };
    }
    passedOver.push({ epoch: written.epoch, reason: read.reason });
  }
  return { epoch: 0, passedOver };
}

/** Trains the epochs after the resumed one; none if that was the last. */
async function trainEpochs(training: Training, resumed: number): Promise<TrainingOutcome> {
  const { epochs } = training.plan.hyperparameters;
  for (let epoch = resumed + 1; epoch <= epochs; epoch += 1) {
    const report = await trainAndMeasure(training, epoch);
    if (report === null) return { kind: 'stopped', epoch: epoch - 1 };
    const answer = await training.observer.epochDone(report);
    if (answer === 'stop') return { kind: 'stopped', epoch: wholeEpochs(epoch, report.diverged) };
    if (report.diverged) return { kind: 'finished', epochs: epoch, diverged: true };
  }
  return { kind: 'finished', epochs, diverged: false };
}

/** Measures the model of the last epoch on the whole test split; a diverged model gets `divergedPredictions`. */
async function measureOnTest(training: Training, finished: Finished): Promise<TrainingOutcome> {
  const { plan, model, observer } = training;
  const { epochs: epoch, diverged } = finished;
  const split = plan.dataset.split('test');
  const cancelled = (batch: number, batches: number): boolean => {
    observer.stepped(epoch, batch, batches);
    return isAbandoned(observer);
  };
  const predictions = diverged
    ? divergedPredictions(split)
    : await predict({ model, split, hyperparameters: plan.hyperparameters, cancelled });
  const stopped: TrainingOutcome = { kind: 'stopped', epoch: wholeEpochs(epoch, diverged) };
  if (predictions === null) return stopped;
  const answer = await observer.evaluated(epoch, testEvaluationOf({ labels: split.labels, ...predictions }));
  return answer === 'stop' ? stopped : finished;
}

/** True if the running epoch or measurement is given up. */
function isAbandoned(observer: TrainingObserver): boolean {
  const reason = observer.stopOrder();
  return reason !== null && stopsAtOnce(reason);
}

/** Returns the epoch from which a training of this length can continue: a diverged epoch left no checkpoint. */
function wholeEpochs(epoch: number, diverged: boolean): number {
  return diverged ? epoch - 1 : epoch;
}

/** Trains and measures one epoch and saves its checkpoint; null if it was abandoned. */
async function trainAndMeasure(training: Training, epoch: number): Promise<EpochReport | null> {
  const { steps, trainLoss } = await trainEpoch(training, epoch);
  if (trainLoss === null) return null;
  const { validation } = training;
  const predictions = Number.isFinite(trainLoss) ? await validate(training, epoch, steps) : divergedPredictions(validation);
  if (predictions === null) return null;
  // Finite training losses do not prove that the last update was finite: the measurement shows weights that it blew up.
  const diverged = !Number.isFinite(predictions.loss);
  const { scores } = diverged ? divergedPredictions(validation) : predictions;
  const { accuracy, aucPr } = binaryMetrics(validation.labels, scores);
  const metrics = { loss: finiteOrNull(predictions.loss), accuracy, aucPr, trainLoss: finiteOrNull(trainLoss) };
  const saved = diverged ? { checkpoint: null } : await saveCheckpoint(training, epoch);
  return { epoch, metrics, diverged, ...saved };
}

/** Trains one epoch. `trainLoss` is the mean over its rows: not finite if it diverged, null if it was abandoned. */
async function trainEpoch(training: Training, epoch: number): Promise<{ steps: number; trainLoss: number | null }> {
  const { plan, train, lengths, model, observer } = training;
  const { modelSeed } = plan;
  const { batchSize, maxLength, vocabularySize, hiddenUnits: units, learningRate, dropout } = hyperparametersAt(plan, epoch);
  const batches = trainingBatches({ lengths, batchSize, stream: randomStream(modelSeed, 'shuffle', epoch) });
  const steps = batches.length;
  let sum = 0;
  for (const [index, rows] of batches.entries()) {
    await setImmediate();
    if (isAbandoned(observer)) return { steps, trainLoss: null };
    const step = index + 1;
    const batch = {
      encoded: encodeBatch({ split: train, rows, maxLength, vocabularySize }),
      labels: Float32Array.from(rows, (row) => train.labels[row] as number),
      keep: dropoutMask({ dropout, rows: rows.length, units, modelSeed, epoch, step }),
    };
    const loss = model.step(batch, learningRate);
    if (!Number.isFinite(loss)) return { steps, trainLoss: loss };
    sum += loss * rows.length;
    observer.stepped(epoch, step, steps);
  }
  return { steps, trainLoss: sum / train.size };
}

function validate({ plan, validation, model, observer }: Training, epoch: number, steps: number): Promise<Predictions | null> {
  const cancelled = (): boolean => {
    observer.stepped(epoch, steps, steps);
    return isAbandoned(observer);
  };
  return predict({ model, split: validation, hyperparameters: plan.hyperparameters, cancelled });
}

/** Saves a checkpoint. A failure, such as a full disk, loses the checkpoint but does not end the training. */
async function saveCheckpoint(training: Training, epoch: number): Promise<Pick<EpochReport, 'checkpoint' | 'checkpointError'>> {
  try {
    return { checkpoint: await writeEpochCheckpoint(training.plan.checkpointFolder, training.identity, epoch, training.model.state()) };
  } catch (error) {
    return { checkpoint: null, checkpointError: error instanceof Error ? error.message : String(error) };
  }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
