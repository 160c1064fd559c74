import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../batches.ts';
import type { Split } from '../datasets/dataset.ts';
import { encodeBatch, tokenCounts } from '../encode.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { Model } from './model.ts';

/** What a model says of a split: all that it is measured by. */
export interface Predictions {
  /** Mean binary cross-entropy; not finite where the weights are not. */
  readonly loss: number;
  /** Probability of the positive class for each row, in the split's order. */
  readonly scores: Float64Array;
}

export interface PredictOptions {
  readonly model: Model;
  readonly split: Split;
  readonly hyperparameters: Hyperparameters;
  /** Called before each batch with its number, from 1; true gives the rest up. */
  readonly cancelled: (batch: number, batches: number) => boolean;
}

/** Rows of a batch at most; more are no faster, since the native op works through them alike. */
const MOST_ROWS = 256;
/** Floats of one `[time, batch, units]` output at most: 16 MiB, seven of which are alive at once. */
const MOST_STATES = 4 * 1024 * 1024;

/**
 * The predictions of a model, without dropout, for every row of a split. The event loop runs between batches. A function
 * of the weights, the split and the hyperparameters, bit for bit.
 *
 * @returns null when it was cancelled
 */
export async function predict(options: PredictOptions): Promise<Predictions | null> {
  const logits = await allLogits(options);
  if (logits === null) return null;
  const scores = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  return { loss: meanCrossEntropy(options.split.labels, logits), scores };
}

/** What stands for the predictions of a diverged model: every row counts as the negative class. */
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

/** A function of the hyperparameters alone, since the last bits of a result may depend on the rows beside it. */
function batchRows({ hiddenUnits, maxLength }: Hyperparameters): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_STATES / (hiddenUnits * maxLength))));
}

function meanCrossEntropy(labels: Uint8Array, logits: Float32Array): number {
  let sum = 0;
  logits.forEach((logit, row) => {
    sum += Math.max(logit, 0) - logit * (labels[row] as number) + Math.log1p(Math.exp(-Math.abs(logit)));
  });
  return sum / labels.length;
}
