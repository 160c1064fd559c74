/**
 * Rows ranked by score, as counts at each distinct score: all that the areas under a precision-recall curve and under a
 * receiver operating characteristic depend on.
 */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  /** The distinct scores, falling: each is a threshold, at which rows that score at least as much are called positive. `[thresholds]` */
  readonly scores: Float64Array;
  /** Positive rows at or above each threshold. `[thresholds]` */
  readonly truePositives: Uint32Array;
  /** Negative rows at or above each threshold. `[thresholds]` */
  readonly falsePositives: Uint32Array;
}

/**
 * Ranks rows by score. Rows of equal score share one threshold, so that their order means nothing; a score that is not a
 * number ranks below all others, as negative infinity.
 *
 * @param labels 0 or 1 for each row
 * @param scores for each row, more is more positive
 * @throws RangeError when there are not as many scores as labels
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
 * Average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds in falling order, without interpolation: what scikit-learn's
 * `average_precision_score` computes. 0 where no row is positive, since there is no recall to gain.
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
 * Area under the precision-recall curve by the trapezoid rule, from recall 0 at precision 1 on: what scikit-learn's
 * `auc(recall, precision)` gives for its `precision_recall_curve`. Straight lines between points of such a curve promise
 * what no threshold reaches (Davis and Goadrich, 2006), and the more rows are tied the more: where all are, it is
 * (1 + share of positives) / 2. It is here to compare with others who report it.
 *
 * 0 where no row is positive. (scikit-learn then calls every recall 1 and comes to 0.5.)
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
 * Area under the receiver operating characteristic: the share of pairs of a positive and a negative row that are ranked
 * rightly, ties counting half. 0.5, which is what chance gives, where one of the classes has no row and so no pair exists.
 */
export function rocArea({ positives, negatives, truePositives, falsePositives }: Ranking): number {
  if (positives === 0 || negatives === 0) return 0.5;
  // Twice the pairs, so that all is whole numbers: no rounding until the division.
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

/** By comparison, not by difference: two infinite scores are equal, and their difference would be no number. */
function descending(a: number, b: number): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
