/**
 * A double as the decimal it prints as: `digits` · 10^`exponent`, exactly. 0.0005 is 5 · 10⁻⁴ here, not the nearest
 * binary fraction, so that sums of steps land on the double a person would write.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The decimal of the shortest text that reads back as `value`. `value` is finite. */
export function decimalOf(value: number): Decimal {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** The digits of a decimal once its exponent is lowered to `exponent`, which is not above its own. */
export function digitsAt(decimal: Decimal, exponent: number): bigint {
  return decimal.digits * 10n ** BigInt(decimal.exponent - exponent);
}

/** The double nearest to `digits` · 10^`exponent`. */
export function doubleOf(digits: bigint, exponent: number): number {
  return Number(`${digits}e${exponent}`);
}
