/** How well scores separate two classes. Every value is finite. */
export interface BinaryMetrics {
  /** Share of rows on the right side of 0.5: predicted positive where the score is above it. */
  readonly accuracy: number;
  /** Area under the precision-recall curve, as average precision. */
  readonly aucPr: number;
}

/**
 * Accuracy and average precision of scores against labels.
 *
 * Average precision is Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds in falling order, without interpolation, where rows of equal
 * score share one threshold: what scikit-learn's `average_precision_score` computes.
 *
 * Policies: a score that is not a number ranks below all others and predicts the negative class (a diverged model is
 * scored so). Where no label is positive, average precision is 0, since there is no recall to gain. No rows at all: both
 * are 0.
 *
 * @param labels 0 or 1 for each row
 * @param scores for each row, more is more positive; a probability where accuracy shall mean something
 * @throws RangeError when there are not as many scores as labels
 */
export function binaryMetrics(labels: Uint8Array, scores: Float32Array | Float64Array): BinaryMetrics {
  if (labels.length !== scores.length) throw new RangeError(`expected as many scores as labels (${labels.length}), got ${scores.length}`);
  const ranked = Float64Array.from(scores, (score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score));
  return { accuracy: accuracyOf(labels, ranked), aucPr: averagePrecision(labels, ranked) };
}

function accuracyOf(labels: Uint8Array, scores: Float64Array): number {
  if (labels.length === 0) return 0;
  let right = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const predicted = (scores[row] as number) > 0.5 ? 1 : 0;
    if (predicted === labels[row]) right += 1;
  }
  return right / labels.length;
}

function averagePrecision(labels: Uint8Array, scores: Float64Array): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return 0;
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => descending(scores[a] as number, scores[b] as number));
  let found = 0;
  let foundBefore = 0;
  let area = 0;
  for (let index = 0; index < order.length; index += 1) {
    found += labels[order[index] as number] as number;
    if (index + 1 < order.length && scores[order[index] as number] === scores[order[index + 1] as number]) continue;
    area += ((found - foundBefore) / positives) * (found / (index + 1));
    foundBefore = found;
  }
  return area;
}

/** By comparison, not by difference: two infinite scores are equal, and their difference would be no number. */
function descending(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
