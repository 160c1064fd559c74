import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../batches.ts';
import type { Split } from '../datasets/dataset.ts';
import { encodeBatch, tokenCounts } from '../encode.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { Model } from './model.ts';

/** A model's predictions on a split, from which all its metrics are computed. */
export interface Predictions {
  /** Mean binary cross-entropy; not finite if the weights are not. */
  readonly loss: number;
  /** Probability of the positive class for each row, in the split's order. */
  readonly scores: Float64Array;
}

export interface PredictOptions {
  readonly model: Model;
  readonly split: Split;
  readonly hyperparameters: Hyperparameters;
  /** Called before each batch with its number, from 1. True cancels the rest. */
  readonly cancelled: (batch: number, batches: number) => boolean;
}

/** Most rows of a batch. More are not faster, because the native op processes them at the same rate. */
const maxRows = 256;
/** Most floats of one `[time, batch, units]` output: 16 MiB. Seven outputs exist at once. */
const maxStates = 4 * 1024 * 1024;

/**
 * Predicts every row of a split without dropout. The event loop runs between batches. The result is a function of the
 * weights, the split and the hyperparameters, bit for bit.
 *
 * @returns null when it was cancelled
 */
export async function predict(options: PredictOptions): Promise<Predictions | null> {
  const logits = await allLogits(options);
  if (logits === null) return null;
  const scores = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  return { loss: meanCrossEntropy(options.split.labels, logits), scores };
}

/** Makes the predictions that replace those of a diverged model: every row counts as the negative class. */
export function divergedPredictions(split: Split): Predictions {
  return { loss: Number.NaN, scores: new Float64Array(split.size) };
}

async function allLogits({ model, split, hyperparameters, cancelled }: PredictOptions): Promise<Float32Array | null> {
  const { maxLength, vocabularySize } = hyperparameters;
  const all = new Float32Array(split.size);
  const batches = evaluationBatches({ lengths: tokenCounts(split, maxLength), batchSize: batchRows(hyperparameters) });
  for (const [index, rows] of batches.entries()) {
    await setImmediate();
    if (cancelled(index + 1, batches.length)) return null;
    const found = model.logits(encodeBatch({ split, rows, maxLength, vocabularySize }));
    rows.forEach((row, place) => {
      all[row] = found[place] as number;
    });
  }
  return all;
}

/** Chooses the rows of a batch by the hyperparameters alone, because the last bits of a result may depend on the other rows of a batch. */
function batchRows({ hiddenUnits, maxLength }: Hyperparameters): number {
  return Math.max(1, Math.min(maxRows, Math.floor(maxStates / (hiddenUnits * maxLength))));
}

function meanCrossEntropy(labels: Uint8Array, logits: Float32Array): number {
  let sum = 0;
  logits.forEach((logit, row) => {
    sum += Math.max(logit, 0) - logit * (labels[row] as number) + Math.log1p(Math.exp(-Math.abs(logit)));
  });
  return sum / labels.length;
}
