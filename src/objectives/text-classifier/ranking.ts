/**
 * Rows ranked by score, as counts at each distinct score. The areas under a precision-recall curve and under a receiver
 * operating characteristic depend only on these.
 */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  /** The distinct scores in falling order. Each is a threshold: rows that score at least as much are predicted positive. `[thresholds]` */
  readonly scores: Float64Array;
  /** Positive rows at or above each threshold. `[thresholds]` */
  readonly truePositives: Uint32Array;
  /** Negative rows at or above each threshold. `[thresholds]` */
  readonly falsePositives: Uint32Array;
}

/**
 * Ranks rows by score. Rows of equal score share one threshold, so their order has no effect. A NaN score ranks below all
 * others, as negative infinity.
 *
 * @param labels 0 or 1 for each row
 * @param scores one for each row, higher is more positive
 * @throws RangeError when the number of scores differs from the number of labels
 */
export function rankByScore(labels: Uint8Array, scores: Float32Array | Float64Array): Ranking {
  if (labels.length !== scores.length) throw new RangeError(`expected as many scores as labels (${labels.length}), got ${scores.length}`);
  const ranked = Float64Array.from(scores, (score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score));
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => descending(ranked[a] as number, ranked[b] as number));
  const distinct = new Float64Array(order.length);
  const truePositives = new Uint32Array(order.length);
  const falsePositives = new Uint32Array(order.length);
  let thresholds = 0;
  let found = 0;
  order.forEach((row, index) => {
    found += labels[row] as number;
    const score = ranked[row] as number;
    if (index + 1 < order.length && score === ranked[order[index + 1] as number]) return;
    distinct[thresholds] = score;
    truePositives[thresholds] = found;
    falsePositives[thresholds] = index + 1 - found;
    thresholds += 1;
  });
  return {
    positives: found,
    negatives: labels.length - found,
    scores: distinct.subarray(0, thresholds),
    truePositives: truePositives.subarray(0, thresholds),
    falsePositives: falsePositives.subarray(0, thresholds),
  };
}

/**
 * Computes average precision, Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds in falling order, without interpolation, as
 * scikit-learn's `average_precision_score` does. 0 if no row is positive, because recall is then undefined.
 */
export function averagePrecision({ positives, truePositives, falsePositives }: Ranking): number {
  if (positives === 0) return 0;
  let area = 0;
  let foundBefore = 0;
  truePositives.forEach((found, threshold) => {
    area += ((found - foundBefore) / positives) * (found / (found + (falsePositives[threshold] as number)));
    foundBefore = found;
  });
  return area;
}

/**
 * Computes the area under the precision-recall curve by the trapezoid rule, starting at recall 0 and precision 1, as
 * scikit-learn's `auc(recall, precision)` does for its `precision_recall_curve`. Straight lines between points of such a
 * curve overestimate what thresholds reach (Davis and Goadrich, 2006), the more so the more rows are tied: if all are, the
 * area is (1 + share of positives) / 2. It is reported for comparison with publications that use it.
 *
 * 0 if no row is positive. (scikit-learn then sets every recall to 1 and returns 0.5.)
 */
export function precisionRecallTrapezoid({ positives, truePositives, falsePositives }: Ranking): number {
  if (positives === 0) return 0;
  let area = 0;
  let foundBefore = 0;
  let precisionBefore = 1;
  truePositives.forEach((found, threshold) => {
    const precision = found / (found + (falsePositives[threshold] as number));
    area += (((found - foundBefore) / positives) * (precision + precisionBefore)) / 2;
    foundBefore = found;
    precisionBefore = precision;
  });
  return area;
}

/**
 * Computes the area under the receiver operating characteristic: the share of pairs of a positive and a negative row that
 * are ranked correctly, where a tie counts half. 0.5, the value of chance, if one of the classes has no row and so there is
 * no pair.
 */
export function rocArea({ positives, negatives, truePositives, falsePositives }: Ranking): number {
  if (positives === 0 || negatives === 0) return 0.5;
  // Counts every pair twice, so that all numbers are whole and only the division rounds.
  let pairs = 0;
  let foundBefore = 0;
  let wrongBefore = 0;
  truePositives.forEach((found, threshold) => {
    const wrong = falsePositives[threshold] as number;
    pairs += (wrong - wrongBefore) * (found + foundBefore);
    foundBefore = found;
    wrongBefore = wrong;
  });
  return pairs / (2 * positives * negatives);
}

/** Compares scores without subtracting them: two infinite scores are equal, but their difference would be NaN. */
function descending(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
