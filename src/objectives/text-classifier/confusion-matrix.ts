/** Numbers of rows by actual and predicted class. */
export interface ConfusionMatrix {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/**
 * Counts rows by class and prediction. A score above 0.5 predicts the positive class. A score that is NaN predicts the
 * negative class.
 *
 * @param labels 0 or 1 for each row
 * @param scores the probability of the positive class for each row
 */
export function confusionMatrix(labels: Uint8Array, scores: Float32Array | Float64Array): ConfusionMatrix {
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  labels.forEach((label, row) => {
    if ((scores[row] as number) > 0.5) counts[label === 1 ? 'truePositives' : 'falsePositives'] += 1;
    else counts[label === 1 ? 'falseNegatives' : 'trueNegatives'] += 1;
  });
  return counts;
}

/** Share of rows that are predicted correctly; 0 without rows. */
export function accuracyOf({ truePositives, falsePositives, trueNegatives, falseNegatives }: ConfusionMatrix): number {
  return ratio(truePositives + trueNegatives, truePositives + falsePositives + trueNegatives + falseNegatives);
}

/** Share of the rows predicted positive that are positive; 0 if none is predicted positive. */
export function precisionOf({ truePositives, falsePositives }: ConfusionMatrix): number {
  return ratio(truePositives, truePositives + falsePositives);
}

/** Share of the positive rows that are predicted positive; 0 without positive rows. */
export function recallOf({ truePositives, falseNegatives }: ConfusionMatrix): number {
  return ratio(truePositives, truePositives + falseNegatives);
}

/** Harmonic mean of precision and recall; 0 if both are 0. */
export function f1Of({ truePositives, falsePositives, falseNegatives }: ConfusionMatrix): number {
  return ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
