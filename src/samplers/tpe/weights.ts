/**
 * Weights of observations, at least 0 each.
 *
 * @param ranks of the observations among themselves, from 0, the best; oldest observation first
 */
export type WeightRule = (ranks: Uint32Array) => Float64Array;

/** Weights of observations that are not ranked, at least 0 each, oldest first. */
export type UnrankedWeightRule = (observations: { readonly length: number }) => Float64Array;

/** Observations that keep full weight: the youngest (hyperopt's LF). */
const remembered = 25;

/**
 * hyperopt's linear forgetting: the youngest 25 count fully, the ones before less and less, down to 1 / n for the
 * oldest of n.
 */
export const linearForgetting: UnrankedWeightRule = ({ length: count }) => {
  const fading = count - remembered;
  const weights = new Float64Array(count).fill(1);
  if (fading === 1) weights[0] = 1 / count;
  else for (let index = 0; index < fading; index += 1) weights[index] = 1 / count + ((1 - 1 / count) * index) / (fading - 1);
  return weights;
};

/** All observations alike. */
export const equalWeights: UnrankedWeightRule = ({ length: count }) => new Float64Array(count).fill(1);

/**
 * The best observations count most: ln(n + 1) − ln r for rank r = 1 … n, scaled to a mean of 1, as the recombination
 * weights of the CMA evolution strategy are (Hansen, "The CMA Evolution Strategy: A Tutorial", equation 49, for the
 * better half). Unlike weights by the size of the improvement they do not change when the objective is rescaled.
 */
export const rankWeights: WeightRule = (ranks) => {
  const most = Math.log(ranks.length + 1);
  const weights = new Float64Array(ranks.length);
  for (let index = 0; index < ranks.length; index += 1) weights[index] = most - Math.log((ranks[index] as number) + 1);
  return divided(weights, total(weights) / ranks.length);
};

/** The sum, added from the first to the last: its last bits depend on that. */
export function total(weights: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) sum += weights[index] as number;
  return sum;
}

/** Each weight divided by a number. */
export function divided(weights: Float64Array, by: number): Float64Array {
  const shares = new Float64Array(weights.length);
  for (let index = 0; index < weights.length; index += 1) shares[index] = (weights[index] as number) / by;
  return shares;
}
