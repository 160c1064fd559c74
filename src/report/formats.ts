import { valueText } from '../shared/value-text.ts';
import type { ParameterValue } from '../space/schema.ts';

/** Placeholder for a missing number. */
export const absent = '–';

/** Formats a metric or a share with four decimals, 0.9378, or a small one as 1.0e-5. */
export function decimal(value: number | null): string {
  return value === null ? absent : valueText(value);
}

/** Formats a share in percent with one decimal: 45.3 %. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Formats a whole number with thousands separators: 1,331. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Formats mean and range: 0.9424 (0.9397 – 0.9456). */
export function meanAndRange(range: { readonly mean: number; readonly min: number; readonly max: number } | null | undefined): string {
  return range == null ? absent : `${decimal(range.mean)} (${span(range)})`;
}

/** Formats a range from lowest to highest. */
export function span({ min, max }: { readonly min: number; readonly max: number }, text: (value: number) => string = decimal): string {
  return `${text(min)} – ${text(max)}`;
}

/** Formats a duration in its two largest units: 23h30m, 4m05s, 12s; below ten seconds with one decimal. */
export function duration(seconds: number | null): string {
  if (seconds === null) return absent;
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded}s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)}m${twoDigits(rounded % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
}

/** Formats the value of a parameter; numbers get six significant digits. */
export function parameterText(value: ParameterValue | null | undefined): string {
  if (value === null || value === undefined) return absent;
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}

/** Formats a configuration in one line. */
export function configurationText(parameters: Readonly<Record<string, ParameterValue>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${parameterText(value)}`)
    .join(', ');
}

/** Formats a time in UTC, to the minute. */
export function momentText(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)} UTC`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
