import type { Hyperparameters } from './hyperparameters.ts';
import { type Loss, noLoss, type Place, placeAt } from './loss.ts';
import { dot } from './matrix.ts';

/** Pairs of changes that the curvature is estimated from. */
const memory = 8;
/** A step must bring this share of the decrease that the slope promises. */
const sufficient = 1e-4;
const mostHalvings = 12;

/** Steps and changes of the gradient, newest last. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/**
 * Looks for hyperparameters of small loss by L-BFGS (Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4 and 7.5), in units of the
 * priors' deviations and with steps halved until they help. What leaves the bounds is put back on them.
 *
 * @param tolerance ends the search when a step lowers the loss by less
 */
export function minimise(loss: Loss, start: Float64Array, { steps, tolerance }: { steps: number; tolerance: number }): Place {
  const pairs: Pair[] = [];
  let place = placeAt(loss, Float64Array.from(start));
  for (let step = 0; step < steps && place.value < noLoss; step += 1) {
    const next = lineSearch(loss, place, descent(place.gradient, pairs));
    if (!next) break;
    remember(pairs, loss.layout, place, next);
    const gain = place.value - next.value;
    place = next;
    if (gain < tolerance) break;
  }
  return place;
}

/** Minus the gradient times the estimated inverse curvature. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const size = direction.length;
  const shares: number[] = [];
  for (const { step, change, product } of [...pairs].reverse()) {
    const share = dot(step, 0, direction, 0, size) / product;
    shares.push(share);
    add(direction, change, -share);
  }
  const newest = pairs.at(-1);
  const scale = newest ? newest.product / dot(newest.change, 0, newest.change, 0, size) : 1 / Math.max(1, norm(gradient));
  for (let index = 0; index < size; index += 1) direction[index] = (direction[index] as number) * scale;
  for (const { step, change, product } of pairs) {
    const share = dot(change, 0, direction, 0, size) / product;
    add(direction, step, (shares.pop() ?? 0) - share);
  }
  return direction;
}

/** The first of ever shorter steps that lowers the loss enough; null if none does. */
function lineSearch(loss: Loss, from: Place, direction: Float64Array): Place | null {
  const slope = dot(from.gradient, 0, direction, 0, direction.length);
  if (!(slope < 0)) return null;
  let length = 1;
  for (let halving = 0; halving < mostHalvings; halving += 1, length /= 2) {
    const next = placeAt(loss, moved(loss.layout, from.theta, direction, length));
    if (next.value <= from.value + sufficient * length * slope) return next;
  }
  return null;
}

/** A step in units of the priors' deviations, put back inside the bounds. */
function moved({ deviation, low, high }: Hyperparameters, theta: Float64Array, direction: Float64Array, length: number): Float64Array {
  return theta.map((value, index) => {
    const aim = value + length * (direction[index] as number) * (deviation[index] as number);
    return Math.min(Math.max(aim, low[index] as number), high[index] as number);
  });
}

function remember(pairs: Pair[], { deviation }: Hyperparameters, from: Place, to: Place): void {
  const step = to.theta.map((value, index) => (value - (from.theta[index] as number)) / (deviation[index] as number));
  const change = to.gradient.map((slope, index) => slope - (from.gradient[index] as number));
  const product = dot(step, 0, change, 0, step.length);
  if (!(product > 1e-10 * dot(change, 0, change, 0, change.length))) return;
  pairs.push({ step, change, product });
  if (pairs.length > memory) pairs.shift();
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index += 1) target[index] = (target[index] as number) + factor * (other[index] as number);
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, 0, vector, 0, vector.length));
}
