/** Greatest share of a word's characters that a typing mistake may change. */
const changedAtMost = 0.4;

/** Returns the known word that is nearest to a mistyped one; undefined if none is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  if (best === undefined || best.edits > Math.max(word.length, best.candidate.length) * changedAtMost) return undefined;
  return best.candidate;
}

/** Levenshtein distance: the fewest single-character edits that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const [above, left, diagonal] = [row[column + 1] ?? 0, next[column] ?? 0, row[column] ?? 0];
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
