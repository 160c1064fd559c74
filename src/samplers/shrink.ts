/** A share of a number, rounded, at least `floor` but never more than the number itself. */
export function shrunk(full: number, share: number, floor: number): number {
  return Math.min(full, Math.max(floor, Math.round(full * share)));
}
