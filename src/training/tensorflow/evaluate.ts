import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../batches.ts';
import type { Split } from '../datasets/dataset.ts';
import { encodeBatch, tokenCounts } from '../encode.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { binaryMetrics } from '../metrics.ts';
import type { Model } from './model.ts';

/** What a model says of a split. */
export interface Evaluation {
  /** Mean binary cross-entropy; not finite where the weights are not. */
  readonly loss: number;
  readonly accuracy: number;
  /** Average precision. */
  readonly aucPr: number;
  /** Probability of the positive class for each row, in the split's order. */
  readonly scores: Float64Array;
}

export interface EvaluateOptions {
  readonly model: Model;
  readonly split: Split;
  readonly hyperparameters: Hyperparameters;
  /** Called between batches; true gives the evaluation up. */
  readonly cancelled?: () => boolean;
}

/** Rows of an evaluation batch at most; more are no faster, since the native op works through them alike. */
const MOST_ROWS = 256;
/** Floats of one `[time, batch, units]` output at most: 16 MiB, seven of which are alive at once. */
const MOST_STATES = 4 * 1024 * 1024;

/**
 * Measures a model on a split. The event loop runs between batches.
 *
 * @returns null when it was cancelled
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation | null> {
  const { split } = options;
  const logits = await allLogits(options);
  if (logits === null) return null;
  const scores = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  return { loss: meanCrossEntropy(split.labels, logits), ...binaryMetrics(split.labels, scores), scores };
}

/** What a diverged model is worth: every row counts as the negative class. */
export function divergedEvaluation(split: Split): Evaluation {
  const scores = new Float64Array(split.size);
  return { loss: Number.NaN, ...binaryMetrics(split.labels, scores), scores };
}

async function allLogits({ model, split, hyperparameters, cancelled }: EvaluateOptions): Promise<Float32Array | null> {
  const { maxLength, vocabularySize } = hyperparameters;
  const all = new Float32Array(split.size);
  const batches = evaluationBatches({ lengths: tokenCounts(split, maxLength), batchSize: evaluationRows(hyperparameters) });
  for (const rows of batches) {
    await setImmediate();
    if (cancelled?.()) return null;
    const found = model.logits(encodeBatch({ split, rows, maxLength, vocabularySize }));
    rows.forEach((row, index) => {
      all[row] = found[index] as number;
    });
  }
  return all;
}

/** A function of the hyperparameters alone, since the last bits of a result may depend on the rows beside it. */
function evaluationRows({ hiddenUnits, maxLength }: Hyperparameters): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_STATES / (hiddenUnits * maxLength))));
}

function meanCrossEntropy(labels: Uint8Array, logits: Float32Array): number {
  let sum = 0;
  logits.forEach((logit, row) => {
    sum += Math.max(logit, 0) - logit * (labels[row] as number) + Math.log1p(Math.exp(-Math.abs(logit)));
  });
  return sum / labels.length;
}
