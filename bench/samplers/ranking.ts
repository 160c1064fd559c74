/** The least values that each competitor found: by function, then by competitor, one for each seed. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** Result of one competitor in a ranking. */
export interface Ranking {
  readonly competitor: string;
  /** The mean rank on each function, from 1 (the best), in the order of the results. */
  readonly perFunction: readonly number[];
  /** The mean of `perFunction`. */
  readonly mean: number;
  /** Standard error of `mean`, from the spread over seeds within each function, because the functions are a fixed set. NaN with one seed. */
  readonly standardError: number;
  /** The share of pairs (function, seed) in which it found a lower value than each other competitor; ties count half. */
  readonly wins: Readonly<Record<string, number>>;
}

/** Ranks values from 1, the least first. Equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Ranks the competitors against each other for each function and seed, and averages. */
export function rank(results: Results, competitors: readonly string[]): readonly Ranking[] {
  const functions = [...results.values()].map((found) => competitors.map((name) => found.get(name) ?? []));
  const ranks = functions.map((found) => (found[0] ?? []).map((_, seed) => ranksOf(found.map((values) => values[seed] ?? Number.NaN))));
  return competitors.map((competitor, place) => {
    const own = ranks.map((seeds) => seeds.map((row) => row[place] ?? Number.NaN));
    const perFunction = own.map(mean);
    return {
      competitor,
      perFunction,
      mean: mean(perFunction),
      standardError: Math.sqrt(own.reduce((sum, row) => sum + variance(row) / row.length, 0)) / own.length,
      wins: Object.fromEntries(
        competitors.flatMap((name, other) =>
          other === place ? [] : [[name, mean(functions.flatMap((found) => wins(found, place, other)))]],
        ),
      ),
    };
  });
}

/** Returns 1, 0.5 or 0 for each seed. */
function wins(found: readonly (readonly number[])[], place: number, other: number): number[] {
  return (found[place] ?? []).map((value, seed) => {
    const rival = found[other]?.[seed] ?? Number.NaN;
    return value === rival ? 0.5 : Number(value < rival);
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns the median: the middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? Number.NaN) : mean(sorted.slice(half - 1, half + 1));
}

/** Computes the variance of a sample. */
function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
