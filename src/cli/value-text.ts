import { valueText } from '../shared/value-text.ts';

/** Formats a value with four decimals, or a small one as 1.0e-5; a dash stands for one that is absent or not finite. */
export function decimals(value: number | null | undefined): string {
  return value == null ? '–' : valueText(value);
}

/** Formats a speed: `12.5 steps/s`; one below 0.1, of steps that take long, with two significant digits. */
export function speedText(stepsPerSecond: number): string {
  return `${stepsPerSecond < 0.1 ? Number(stepsPerSecond.toPrecision(2)) : stepsPerSecond.toFixed(1)} steps/s`;
}

/** Formats a mean and its range: `0.9100 [0.9000, 0.9200]`. @param text formats each number */
export function meanRangeText(
  range: { readonly mean: number; readonly min: number; readonly max: number } | null | undefined,
  text: (value: number) => string = decimals,
): string {
  return range == null ? '–' : `${text(range.mean)} [${text(range.min)}, ${text(range.max)}]`;
}
