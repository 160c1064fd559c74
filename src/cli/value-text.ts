/** Formats a value with four decimals; a dash stands for one that is absent or not finite. */
export function decimals(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(4);
}

/** Formats a mean and its range: `0.9100 [0.9000, 0.9200]`. @param text formats each number */
export function meanRangeText(
  range: { readonly mean: number; readonly min: number; readonly max: number } | null | undefined,
  text: (value: number) => string = decimals,
): string {
  return range == null ? '–' : `${text(range.mean)} [${text(range.min)}, ${text(range.max)}]`;
}
