/**
 * 25,000 rows of whole-number arithmetic, as `make-evaluation-vectors.py` computes them: thousands of thresholds, some tied.
 *
 * @param every rows whose index it divides are positive
 */
export function computedRows(every: number): { labels: Uint8Array; scores: Float64Array } {
  const labels = Uint8Array.from({ length: 25_000 }, (_, row) => (row % every === 0 ? 1 : 0));
  const scores = Float64Array.from(labels, (label, row) => (((31 * row * row + 17 * row) % 10_007) + 5000 * label) / 15_007);
  return { labels, scores };
}
