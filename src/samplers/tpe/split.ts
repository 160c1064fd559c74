/** The places of the good and of the bad observations, each in the order they came in. */
export interface Split {
  readonly good: Uint32Array;
  readonly bad: Uint32Array;
}

/**
 * Splits observations by rank: the `goodCount` highest are good (D^(l) in the literature), the others bad (D^(g)). Of equal values
 * the earlier ranks higher. Costs one sort of numbers.
 *
 * @param values oriented so that more is better; −∞ for a missing value: it ranks last
 */
export function splitByRank(values: Float64Array, goodCount: number): Split {
  const wanted = Math.min(goodCount, values.length);
  const good = new Uint32Array(wanted);
  const bad = new Uint32Array(values.length - wanted);
  const sorted = values.slice().sort();
  const threshold = sorted[values.length - wanted] ?? Number.POSITIVE_INFINITY;
  let atThreshold = wanted - countAbove(values, threshold);
  let [goodSize, badSize] = [0, 0];
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number;
    const isGood = value > threshold || (value === threshold && atThreshold > 0);
    if (value === threshold) atThreshold -= 1;
    if (isGood) good[goodSize++] = place;
    else bad[badSize++] = place;
  }
  return { good, bad };
}

function countAbove(values: Float64Array, threshold: number): number {
  let count = 0;
  for (const value of values) if (value > threshold) count += 1;
  return count;
}
