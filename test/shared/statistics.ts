/** z with P(Z > z) = 1e-6 for a standard normal Z, and with P(|Z| > z) = 1e-6. */
const oneInAMillion = 4.753424;
export const oneInAMillionEitherWay = 4.891638;

/** Pearson's statistic of observed counts against expected ones; cells with nothing expected must be empty. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, cell) => {
    const mean = expected[cell] ?? 0;
    if (mean > 0) return sum + (count - mean) ** 2 / mean;
    return count === 0 ? sum : Number.POSITIVE_INFINITY;
  }, 0);
}

/**
 * The limit that a chi-square statistic passes by chance once in a million or less, by the approximation of Wilson
 * and Hilferty (1931), which lies above the exact limit for few degrees of freedom and within 1 % of it for many.
 */
export function chiSquareLimit(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + oneInAMillion * Math.sqrt(spread)) ** 3;
}

/** How many standard deviations a count lies from the mean of a binomial distribution. */
export function binomialDistance(count: number, draws: number, probability: number): number {
  return Math.abs(count - draws * probability) / Math.sqrt(draws * probability * (1 - probability));
}
