import { accuracyOf, confusionMatrix } from './confusion-matrix.ts';
import { averagePrecision, rankByScore } from './ranking.ts';

/** Metrics after an epoch, on the validation split if not stated otherwise. A value that is not finite is null. */
export type EpochMetrics = {
  /** Mean binary cross-entropy (natural logarithm). */
  readonly loss: number | null;
  /** Share of texts predicted correctly at the threshold 0.5. */
  readonly accuracy: number;
  /** Area under the precision-recall curve: average precision. */
  readonly aucPr: number;
  /** Mean binary cross-entropy over the training batches of the epoch. */
  readonly trainLoss: number | null;
};

/** Measures of how well scores separate two classes. Every value is finite. */
export interface BinaryMetrics {
  /** Share of rows predicted correctly: a row with a score above 0.5 is predicted positive. */
  readonly accuracy: number;
  /** Area under the precision-recall curve, as average precision. */
  readonly aucPr: number;
}

/**
 * Computes accuracy and average precision of scores against labels, as after every epoch.
 *
 * Special cases: a NaN score ranks below all others and predicts the negative class (as for a diverged model). Without a
 * positive label, average precision is 0. Without rows, both are 0.
 *
 * @param labels 0 or 1 for each row
 * @param scores one for each row, higher is more positive; accuracy is meaningful only for probabilities
 * @throws RangeError when the number of scores differs from the number of labels
 */
export function binaryMetrics(labels: Uint8Array, scores: Float32Array | Float64Array): BinaryMetrics {
  return { aucPr: averagePrecision(rankByScore(labels, scores)), accuracy: accuracyOf(confusionMatrix(labels, scores)) };
}
