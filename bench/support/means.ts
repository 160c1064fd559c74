/** The mean of some values; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean and the half width of its 95 % interval, by the normal distribution, as a cell of a table. */
export function withInterval(values: readonly number[]): string {
  const middle = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) / Math.max(1, values.length - 1));
  return `${middle.toFixed(2)} ± ${(1.96 * error).toFixed(2)}`;
}
