import { normalQuantile } from '../../shared/normal.ts';

/** Transforms values before a model is fitted to them. Smaller is better before and after. */
export type Transform = (values: Float64Array) => Float64Array;

/** Differences below this part of the values are rounding. */
const rounding = 1e-12;

/** Mean 0 and standard deviation 1; values that are all alike, but for rounding, become 0. */
export const standardised: Transform = (values) => {
  const mean = meanOf(values);
  const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.map((value) => (deviation > rounding * largest ? (value - mean) / deviation : 0));
};

/**
 * Half-rank warping (Song et al., "The Vizier Gaussian Process Bandit Algorithm", 2024, section 4.1.2), then mean 0 and deviation 1: values
 * up to the median stay, worse ones keep only their rank, as if they came from a normal distribution of the spread that the good half
 * has. A plateau or a diverging trial then shapes the model no more than any other bad one.
 */
export const halfRanked: Transform = (values) => {
  const sorted = Float64Array.from(values).sort();
  const median = medianOf(sorted);
  const spread = spreadBelow(sorted, median);
  return standardised(
    values.map((value) => {
      if (value <= median) return value;
      const quantile = normalQuantile((meanRank(sorted, value) + 0.5) / sorted.length);
      return median + spread * Math.max(quantile, 0);
    }),
  );
};

/**
 * The same from a limit on, of which at least half of the values are within: values up to it stay, worse ones keep only their rank. Then mean 0 and deviation 1.
 */
export function rankedBeyond(values: Float64Array, limit: number): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const spread = spreadBelow(sorted, limit);
  const within = sorted.filter((value) => value <= limit).length;
  const start = within === sorted.length ? 0 : normalQuantile(within / sorted.length);
  return standardised(
    values.map((value) => {
      if (value <= limit) return value;
      const quantile = normalQuantile((meanRank(sorted, value) + 0.5) / sorted.length);
      return limit + spread * Math.max(quantile - start, 0);
    }),
  );
}

/** Root mean square distance of the different values up to a limit from it; if they are all alike, the deviation of all values. */
function spreadBelow(sorted: Float64Array, limit: number): number {
  const good = [...new Set(sorted.filter((value) => value <= limit))];
  const spread = Math.sqrt(meanOf(good.map((value) => (value - limit) ** 2)));
  if (spread > 0) return spread;
  const mean = meanOf(sorted);
  return Math.sqrt(meanOf(sorted.map((value) => (value - mean) ** 2))) || 1;
}

/** Rank of a value from 0, the mean one where several are alike. */
function meanRank(sorted: Float64Array, value: number): number {
  return (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2;
}

/** @param sorted ascending, at least one */
export function medianOf(sorted: ArrayLike<number>): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
  return sum / values.length;
}
