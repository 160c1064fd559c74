/** Numbers from `low` on, excluding `high`. */
export interface Gap {
  readonly low: number;
  readonly high: number;
}

/** The first numbers of some gaps, at most so many of them, and the gaps that are left. */
export function firstOfGaps(gaps: readonly Gap[], count: number): { readonly first: readonly Gap[]; readonly left: readonly Gap[] } {
  const first: Gap[] = [];
  let room = count;
  for (const [index, { low, high }] of gaps.entries()) {
    const end = Math.min(high, low + room);
    if (end > low) first.push({ low, high: end });
    room -= end - low;
    if (end < high) return { first, left: [{ low: end, high }, ...gaps.slice(index + 1)] };
  }
  return { first, left: [] };
}

/** The gaps without some numbers. Both are in order. */
export function withoutNumbers(gaps: readonly Gap[], numbers: readonly number[]): Gap[] {
  const left: Gap[] = [];
  let place = 0;
  for (const gap of gaps) {
    let { low } = gap;
    for (; (numbers[place] ?? gap.high) < gap.high; place += 1) {
      const number = numbers[place] ?? gap.high;
      if (number > low) left.push({ low, high: number });
      low = Math.max(low, number + 1);
    }
    if (low < gap.high) left.push({ low, high: gap.high });
  }
  return left;
}

/** Gaps with one behind them, which begins where the last of them may end. */
export function withGap(gaps: readonly Gap[], { low, high }: Gap): readonly Gap[] {
  const last = gaps.at(-1);
  if (low >= high) return gaps;
  return last?.high === low ? [...gaps.slice(0, -1), { low: last.low, high }] : [...gaps, { low, high }];
}
