import { accuracyOf, confusionMatrix } from './confusion-matrix.ts';
import { averagePrecision, rankByScore } from './ranking.ts';

/** Metrics on the validation split after an epoch. A value that is not finite is null. */
export type EpochMetrics = {
  /** Mean binary cross-entropy (natural logarithm). */
  readonly loss: number | null;
  /** Share of texts on the right side of 0.5. */
  readonly accuracy: number;
  /** Area under the precision-recall curve: average precision. */
  readonly aucPr: number;
  /** Mean binary cross-entropy over the training batches of the epoch. */
  readonly trainLoss: number | null;
};

/** How well scores separate two classes. Every value is finite. */
export interface BinaryMetrics {
  /** Share of rows on the right side of 0.5: predicted positive where the score is above it. */
  readonly accuracy: number;
  /** Area under the precision-recall curve, as average precision. */
  readonly aucPr: number;
}

/**
 * Accuracy and average precision of scores against labels: what is measured after every epoch.
 *
 * Policies: a score that is not a number ranks below all others and predicts the negative class (a diverged model is
 * scored so). Where no label is positive, average precision is 0. No rows at all: both are 0.
 *
 * @param labels 0 or 1 for each row
 * @param scores for each row, more is more positive; a probability where accuracy shall mean something
 * @throws RangeError when there are not as many scores as labels
 */
export function binaryMetrics(labels: Uint8Array, scores: Float32Array | Float64Array): BinaryMetrics {
  return { aucPr: averagePrecision(rankByScore(labels, scores)), accuracy: accuracyOf(confusionMatrix(labels, scores)) };
}
