/**
 * Formats a value of a metric with four decimals, 0.9378, or one that would lose its digits in them with two significant ones, 1.0e-5: both have
 * six characters for most values between 0 and 10, so that columns of them stay aligned.
 */
export function valueText(value: number): string {
  const short = value.toExponential(1);
  const exponent = Number(short.split('e')[1]);
  return value !== 0 && exponent < -3 ? short : value.toFixed(4);
}
