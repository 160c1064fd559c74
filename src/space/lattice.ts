import { decimalOf, digitsAt, doubleOf } from './decimal.ts';

/** The evenly spaced values `low`, `low` + `step`, … up to `high`: the allowed values of a parameter with a step. */
export interface Lattice {
  /** Number of values, at least 1. */
  readonly size: number;
  /** The value at an index of 0 … `size` − 1: the double that its decimal text reads as. */
  valueAt(index: number): number;
  /** The index of a value that is on the lattice, else undefined. */
  indexOf(value: number): number | undefined;
}

/** Largest size at which indices stay distinct as coordinates of the unit interval, (index + 1/2) / size. */
export const largestLattice = 1e15;
/** Decimals below this bound (15 digits) convert to a double and back unchanged, as long as their exponent is at least `leastExponent`. */
const exactDigits = 10n ** 15n;
const leastExponent = -290;

/** The values of a lattice have more digits than doubles keep apart. */
export class TooManyDigitsError extends RangeError {
  override readonly name = 'TooManyDigitsError';
}

/**
 * Builds a lattice in decimal arithmetic: 0.0005 + 20 · 0.0005 is the double 0.0105 and not its neighbour.
 *
 * @param range `low` ≤ `high`, `step` > 0, all finite
 * @throws RangeError when it has more than `largestLattice` values; TooManyDigitsError when doubles cannot distinguish them
 */
export function lattice(range: { readonly low: number; readonly high: number; readonly step: number }): Lattice {
  const [low, high, step] = [decimalOf(range.low), decimalOf(range.high), decimalOf(range.step)];
  const exponent = Math.min(low.exponent, high.exponent, step.exponent);
  const [first, last, stride] = [digitsAt(low, exponent), digitsAt(high, exponent), digitsAt(step, exponent)];
  const count = (last - first) / stride + 1n;
  if (count > BigInt(largestLattice)) throw new RangeError(`more than ${largestLattice} values`);
  // The exponent of the values themselves: `high` may have more decimal places than any of them.
  const finest = Math.min(low.exponent, step.exponent);
  refuseInexact(
    [first, first + (count - 1n) * stride].map((digits) => digits / 10n ** BigInt(finest - exponent)),
    finest,
  );
  return quickly(range, {
    size: Number(count),
    valueAt: (index) => doubleOf(first + BigInt(index) * stride, exponent),
    indexOf: (value) => indexAmong({ value, first, stride, exponent, count }),
  });
}

/** Most values of a lattice that are kept once they are computed. */
const mostKept = 4096;

/**
 * The same lattice without decimal arithmetic for almost all values: whole numbers are exact in doubles, other values are kept. An
 * index is estimated, and holds if its value is the very one that is looked for.
 */
function quickly({ low, step }: { readonly low: number; readonly step: number }, decimal: Lattice): Lattice {
  const { size } = decimal;
  const isWhole = Number.isInteger(low) && Number.isInteger(step) && [low, low + (size - 1) * step].every(Number.isSafeInteger);
  const kept = new Map<number, number>();
  const valueAt = (index: number): number => {
    if (isWhole) return low + index * step;
    const known = kept.get(index);
    if (known !== undefined) return known;
    const value = decimal.valueAt(index);
    if (kept.size < mostKept) kept.set(index, value);
    return value;
  };
  const indexOf = (value: number): number | undefined => {
    const index = Math.round((value - low) / step);
    return index >= 0 && index < size && valueAt(index) === value ? index : decimal.indexOf(value);
  };
  return { size, valueAt, indexOf };
}

/** Whole numbers are exact up to 2^53, other decimals up to 15 digits. Beyond that, two values could round to the same double. */
function refuseInexact(ends: readonly bigint[], exponent: number): void {
  const limit = exponent === 0 ? BigInt(Number.MAX_SAFE_INTEGER) : exactDigits;
  if (ends.some((digits) => digits > limit || digits < -limit) || exponent < leastExponent)
    throw new TooManyDigitsError('its values have more than 15 significant digits, more than a double keeps apart');
}

function indexAmong(place: { value: number; first: bigint; stride: bigint; exponent: number; count: bigint }): number | undefined {
  if (!Number.isFinite(place.value)) return undefined;
  const decimal = decimalOf(place.value);
  if (decimal.exponent < place.exponent && decimal.digits !== 0n) return undefined;
  const offset = (decimal.digits === 0n ? 0n : digitsAt(decimal, place.exponent)) - place.first;
  if (offset % place.stride !== 0n) return undefined;
  const index = offset / place.stride;
  return index >= 0n && index < place.count ? Number(index) : undefined;
}
