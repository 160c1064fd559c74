/**
 * The warp of a coordinate, (e^(c·t) − 1) / (e^c − 1) over the unit interval: with c = 0 it changes nothing, with c > 0 it stretches the
 * upper end, with c < 0 the lower one. On an axis of logarithms, c = ln(high / low) gives back the linear scale.
 */

/** Below this |c| the first terms of the series in c are exact enough. */
const nearlyNone = 1e-5;

/** @param t 0 … 1 @returns 0 … 1 */
export function warp(t: number, c: number): number {
  if (Math.abs(c) < nearlyNone) return t + (c / 2) * t * (t - 1);
  return Math.expm1(c * t) / Math.expm1(c);
}

/** The derivative of `warp` by c. */
export function warpSlope(t: number, c: number): number {
  if (Math.abs(c) < nearlyNone) return (t * (t - 1)) / 2;
  const whole = Math.expm1(c);
  return (t * Math.exp(c * t) - (Math.expm1(c * t) / whole) * Math.exp(c)) / whole;
}

/** The coordinate that `warp` maps to u. */
export function unwarp(u: number, c: number): number {
  if (Math.abs(c) < nearlyNone) return u - (c / 2) * u * (u - 1);
  return Math.min(Math.max(Math.log1p(u * Math.expm1(c)) / c, 0), 1);
}
