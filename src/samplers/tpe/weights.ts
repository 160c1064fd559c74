/**
 * Weights of observations, at least 0 each.
 *
 * @param values of the observations, oriented so that more is better, oldest first
 */
export type WeightRule = (values: Float64Array) => Float64Array;

/** Observations that keep full weight: the youngest (hyperopt's LF). */
const remembered = 25;

/**
 * hyperopt's linear forgetting: the youngest 25 count fully, the ones before less and less, down to 1 / n for the
 * oldest of n.
 */
export const linearForgetting: WeightRule = (values) => {
  const count = values.length;
  const fading = count - remembered;
  return values.map((_, index) => {
    if (index >= fading) return 1;
    return fading === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * index) / (fading - 1);
  });
};

/** All observations alike. */
export const equalWeights: WeightRule = (values) => new Float64Array(values.length).fill(1);

/**
 * The best observations count most: ln(n + 1) − ln r for rank r = 1 … n, scaled to a mean of 1, as the recombination
 * weights of the CMA evolution strategy are (Hansen, "The CMA Evolution Strategy: A Tutorial", equation 49, for the
 * better half). Unlike weights by the size of the improvement they do not change when the objective is rescaled.
 */
export const rankWeights: WeightRule = (values) => {
  const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const weights = new Float64Array(values.length);
  for (const [rank, place] of order.entries()) weights[place] = Math.log(values.length + 1) - Math.log(rank + 1);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / values.length;
  return weights.map((weight) => weight / mean);
};
