import type { RandomStream } from '../../shared/random.ts';

/** Half widths, in standard deviations, up to which the series of `logNarrowMass` is exact to 10⁻⁹ within nine of them. */
export const narrowHalfWidth = 0.03;

/**
 * The logarithm of the standard normal probability of `z` ± `half`, for a half width of at most `narrowHalfWidth`,
 * relative to `2 · half / √(2π)`: the logarithm of the mean of e^(−(z+t)²/2) over the interval, as a series in
 * `half`². It costs no exponential, logarithm or error function, which matters for thousands of kernels.
 */
export function logNarrowMass(z: number, half: number): number {
  const square = z * z;
  const step = half * half;
  const third = (16 * square * square * square + 96 * square * square + 48 * square - 16) / 45_360;
  return -0.5 * square + step * ((square - 1) / 6 + step * (-(square * square + 4 * square - 2) / 180 + step * third));
}

/**
 * Draws from a normal distribution truncated to [0, 1], by rejection: with the mean inside and a deviation of at most
 * 1, a draw is inside with a chance of at least 1/3.
 */
export function drawWithinUnit(stream: RandomStream, mean: number, deviation: number): number {
  for (;;) {
    const draw = mean + deviation * stream.normal();
    if (draw >= 0 && draw < 1) return draw;
  }
}
