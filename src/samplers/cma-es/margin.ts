import { normalMass, normalQuantile } from '../../shared/normal.ts';
import { type NumericAxis, thresholdsAt } from './dimensions.ts';
import type { Gaussian } from './gaussian.ts';

/** A distribution with the scale of each axis: a step d from the mean is tried at a distance of scale · d. */
export interface Scaled {
  readonly gaussian: Gaussian;
  /** The diagonal of A; 1 for continuous axes. */
  readonly scales: Float64Array;
}

/** The probabilities of the tails, before the mean and the scale are computed from them. */
const leastTail = 1e-10;

/**
 * The margin correction of CMA-ES with Margin (Hamano, Saito, Nomura and Shirakawa, "CMA-ES with Margin", GECCO 2022, section 4): the mean
 * and the scale of each stepped axis are moved so that the values next to the present one keep a probability. Without it, an axis whose
 * deviation has become smaller than a step is stuck.
 *
 * @param margin α, the least probability of leaving the present value: 1 / (dimensions · population)
 */
export function withMargin(axes: readonly NumericAxis[], { gaussian, scales }: Scaled, margin: number): Scaled {
  const mean = Float64Array.from(gaussian.mean);
  const corrected = Float64Array.from(scales);
  for (const [index, axis] of axes.entries()) {
    if (!axis.isStepped) continue;
    const deviation = gaussian.sigma * Math.sqrt(gaussian.covariance[index * axes.length + index] as number);
    const before = { mean: mean[index] as number, scale: scales[index] as number };
    const after = correctedAxis(thresholdsAt(axis, before.mean), before, deviation, margin);
    mean[index] = after.mean;
    corrected[index] = after.scale;
  }
  return { gaussian: { ...gaussian, mean }, scales: corrected };
}

interface AxisState {
  readonly mean: number;
  readonly scale: number;
}

/** @param deviation of the axis before its scale */
function correctedAxis(
  { low, high }: { readonly low: number; readonly high: number },
  { mean, scale }: AxisState,
  deviation: number,
  margin: number,
): AxisState {
  const below = normalMass(Number.NEGATIVE_INFINITY, (low - mean) / (deviation * scale));
  const above = normalMass((high - mean) / (deviation * scale), Number.POSITIVE_INFINITY);
  // At the first and the last value there is one threshold. The mean stays so close to it that the other side has the probability α.
  if (low === high) {
    if (Math.min(below, above) >= margin) return { mean, scale };
    const distance = deviation * scale * deviationsOf(margin);
    return { mean: high + Math.sign(mean - high) * distance, scale };
  }
  const [lower, upper] = raisedTails(below, above, margin);
  const [deviationsBelow, deviationsAbove] = [deviationsOf(lower), deviationsOf(upper)];
  const both = deviationsBelow + deviationsAbove;
  return {
    mean: (low * deviationsAbove + high * deviationsBelow) / both,
    scale: (high - low) / (both * deviation),
  };
}

/** Tails of at least α/2 each; what was added is taken from all three parts, as far as they are above α/2. */
function raisedTails(below: number, above: number, margin: number): [number, number] {
  const half = margin / 2;
  const middle = 1 - (below + above);
  const [lower, upper] = [Math.max(below, half), Math.max(above, half)];
  const excess = 1 - lower - upper - middle;
  const room = lower + middle + upper - 3 * half;
  return [bounded(lower + (excess * (lower - half)) / room), bounded(upper + (excess * (upper - half)) / room)];
}

function bounded(tail: number): number {
  return Math.min(Math.max(tail, leastTail), 0.5 - leastTail);
}

/** The distance in standard deviations beyond which a normal variable lies with a probability below ½. */
function deviationsOf(tail: number): number {
  return -normalQuantile(tail);
}
