/**
 * Weights and learning rates, which follow from the number of dimensions and of ranked points (Hansen, "The CMA Evolution Strategy: A
 * Tutorial", 2016, equations 49 to 58 and table 1).
 */
export interface Strategy {
  /** Number of points whose weights are positive: μ. */
  readonly parents: number;
  /** Variance-effective number of parents: μ_eff. */
  readonly effectiveParents: number;
  /** By rank, best first: w. Those of the parents add up to 1, the others are negative or 0. */
  readonly weights: Float64Array;
  /** c_σ and d_σ: cumulation and damping of the step size. */
  readonly stepPathRate: number;
  readonly stepDamping: number;
  /** c_c, c_1 and c_μ: cumulation, rank-one update and rank-μ update of the covariance. */
  readonly covariancePathRate: number;
  readonly rankOneRate: number;
  readonly rankMuRate: number;
  /** Expected length of a standard normal vector: E‖N(0, I)‖. */
  readonly expectedLength: number;
}

/** Keeps c_1 + c_μ below 1 in large populations. */
const rateReserve = 1e-8;

/** Default population for so many parameters with more than one value: 4 + ⌊3 ln n⌋. */
export function defaultPopulation(parameters: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(parameters, 1)));
}

/**
 * The strategy for a number of ranked points.
 *
 * @param dimensions of the normal distribution, at least 1
 * @param size number of ranked points: λ, at least 2
 */
export function strategyOf(dimensions: number, size: number): Strategy {
  const raw = Float64Array.from({ length: size }, (_, rank) => Math.log((size + 1) / 2) - Math.log(rank + 1));
  const parents = Math.floor(size / 2);
  const effectiveParents = effective(raw.subarray(0, parents));
  const rankOneRate = 2 / ((dimensions + 1.3) ** 2 + effectiveParents);
  const rankMuRate = Math.min(
    1 - rankOneRate - rateReserve,
    (2 * (effectiveParents - 2 + 1 / effectiveParents)) / ((dimensions + 2) ** 2 + effectiveParents),
  );
  const mostNegative = Math.min(
    1 + rankOneRate / rankMuRate,
    1 + (2 * effective(raw.subarray(parents))) / (effectiveParents + 2),
    (1 - rankOneRate - rankMuRate) / (dimensions * rankMuRate),
  );
  const stepPathRate = (effectiveParents + 2) / (dimensions + effectiveParents + 5);
  return {
    parents,
    effectiveParents,
    weights: normalised(raw, mostNegative),
    stepPathRate,
    stepDamping: 1 + 2 * Math.max(0, Math.sqrt((effectiveParents - 1) / (dimensions + 1)) - 1) + stepPathRate,
    covariancePathRate: (4 + effectiveParents / dimensions) / (dimensions + 4 + (2 * effectiveParents) / dimensions),
    rankOneRate,
    rankMuRate,
    expectedLength: Math.sqrt(dimensions) * (1 - 1 / (4 * dimensions) + 1 / (21 * dimensions ** 2)),
  };
}

/** (Σ w)² / Σ w². */
function effective(weights: Float64Array): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return (sum * sum) / weights.reduce((total, weight) => total + weight * weight, 0);
}

/** Weights whose positive ones add up to 1, and whose negative ones to −`negative`. */
function normalised(raw: Float64Array, negative: number): Float64Array {
  const positiveSum = raw.reduce((total, weight) => total + Math.max(weight, 0), 0);
  const negativeSum = raw.reduce((total, weight) => total + Math.max(-weight, 0), 0);
  return raw.map((weight) => (weight >= 0 ? weight / positiveSum : (negative * weight) / negativeSum));
}
