/**
 * The score that a share of some scores reaches: 0.25 gives the score at the end of the best quarter. Between two scores it is interpolated
 * linearly, as NumPy's `percentile` does by default.
 *
 * @param scores at least one, in any order; negative infinity is allowed
 */
export function scoreAtTop(scores: readonly number[], share: number): number {
  const sorted = Float64Array.from(scores).sort();
  const place = (sorted.length - 1) * (1 - share);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NEGATIVE_INFINITY;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  // With an infinite end the difference is not a number.
  return place === below || low === high || low === Number.NEGATIVE_INFINITY ? low : between(low, high, place - below);
}

/** The number at a share of the way from one to a higher one. From the nearer end, it is never beyond the farther one. */
function between(low: number, high: number, share: number): number {
  const distance = high - low;
  if (distance === Number.POSITIVE_INFINITY) return low * (1 - share) + high * share;
  return share < 0.5 ? low + distance * share : high - distance * (1 - share);
}
