/**
 * A double as the decimal that it prints as: exactly `digits` · 10^`exponent`. Here 0.0005 is 5 · 10⁻⁴, not the nearest
 * binary fraction, so that sums of steps give the double that a person would write.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Converts a finite double to the decimal of the shortest text that reads back as `value`. */
export function decimalOf(value: number): Decimal {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Returns the digits of a decimal rescaled to `exponent`, which must not be above its own. */
export function digitsAt(decimal: Decimal, exponent: number): bigint {
  return decimal.digits * 10n ** BigInt(decimal.exponent - exponent);
}

/** Returns the double nearest to `digits` · 10^`exponent`. */
export function doubleOf(digits: bigint, exponent: number): number {
  return Number(`${digits}e${exponent}`);
}

/** Rounds a double to 15 significant digits, which every double of a written decimal has at most: 0.1 + 0.2 becomes 0.3. */
export function inFewDigits(value: number): number {
  return Number(value.toPrecision(15));
}
