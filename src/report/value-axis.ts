import type { ScaleOptions } from '@observablehq/plot';
import { scaleLinear } from 'd3-scale';

/** Values that an axis must hold, and its place. */
export interface ValueAxisOptions {
  /** null, and values that are not finite, are passed over. */
  readonly values: readonly (number | null)[];
  readonly label: string;
  /** Upright at the left of the plot, or at its bottom. */
  readonly place: 'left' | 'bottom';
  /** CSS pixels. */
  readonly length: number;
  /** True: the axis ends at round values beyond the first and the last value. Default true. */
  readonly isNice?: boolean;
}

/** A linear axis of values with its ticks. */
export interface ValueAxis {
  readonly scale: ScaleOptions;
  /** CSS pixels that the labels of ticks take beyond the axis: at its left, or at the right of its end. */
  readonly margin: number;
}

/** CSS pixels between two ticks, about. */
const spacing = { left: 35, bottom: 80 } as const;
/** CSS pixels of a digit in a label, and of the tick mark beside it with the space around it. */
const [digitWidth, tickWidth] = [6, 12];

/** Creates the axis of some values, whose labels have as many digits as tell its ticks apart. */
export function valueAxis({ values, label, place, length, isNice = true }: ValueAxisOptions): ValueAxis {
  const ends = endsOf(values);
  if (!ends) return { scale: { grid: true, label }, margin: 0 };
  const scale = scaleLinear(ends, [0, 1]);
  if (isNice) scale.nice();
  // If the distance of the ends is not a number, the ticks are not numbers either.
  const ticks = scale.ticks(length / spacing[place]).filter(Number.isFinite);
  const text = tickText(ticks);
  const width = widest(ticks.map(text)) * digitWidth;
  return {
    scale: { domain: scale.domain(), grid: true, label, ticks, tickFormat: text },
    margin: place === 'left' ? width + tickWidth : width / 2,
  };
}

function endsOf(values: readonly (number | null)[]): [low: number, high: number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

/** Magnitudes that are written without an exponent, whether or not that is longer. */
const [smallest, largest] = [1e-3, 1e7];
/** Largest number of decimals without an exponent. */
const decimalsAtMost = 20;

/**
 * Returns a format with as many digits as tell some round values at equal distances apart: 0.5 and 1; 0.93752 and 0.93754; 1,000,000 and
 * 1,500,000; 1e-5 and 1.5e-5. Zeros at the end of a fraction are left out.
 */
export function tickText(values: readonly number[]): (value: number) => string {
  const magnitude = Math.max(...values.map(Math.abs));
  const distance = Math.min(...values.slice(1).map((value, index) => value - (values[index] ?? value)));
  if (!(distance > 0 && Number.isFinite(distance))) return (value) => String(Number(value.toPrecision(4)));
  const exponent = exponentOf(distance);
  const scientific = (value: number): string => withExponent(value, exponentOf(magnitude) - exponent);
  // Further decimals would make a label longer than any with an exponent.
  if (-exponent > decimalsAtMost) return scientific;
  const plain = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: Math.max(0, -exponent) });
  if (magnitude >= smallest && magnitude < largest) return plain;
  return widest(values.map(plain)) > widest(values.map(scientific)) ? scientific : plain;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

/** The power of ten of a positive number, rounded to four digits, because the distances of round values are not exact. */
function exponentOf(value: number): number {
  return Number(value.toExponential(3).split('e')[1]);
}

/** Formats a number as 1.5e-5. */
function withExponent(value: number, decimals: number): string {
  if (value === 0) return '0';
  const [digits, exponent] = value.toExponential(Math.min(decimals, decimalsAtMost)).split('e');
  return `${Number(digits)}e${Number(exponent)}`;
}
