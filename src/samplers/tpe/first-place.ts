/** The first index of an ascending list whose number is at least `value`: the place of a value that it has, or the number of lower ones. */
export function firstPlace(sorted: Float64Array | Uint32Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
