import { normalQuantile } from '../shared/normal.ts';
import type { Point } from './dominance.ts';

/** Integer parts of the sequence's steps are dropped: only their fractions count. */
const fraction = (value: number): number => value - Math.floor(value);

/**
 * Directions of length 1 with components above 0, spread evenly over all there are. Two metrics: at equal angles. More: absolute values of normal numbers, which are evenly
 * spread over the sphere, from an additive recurrence (Roberts' R sequence: the steps are powers of the inverse root of x^(d+1) = x + 1).
 *
 * @param metrics 2 to 4
 */
export function evenDirections(metrics: number, count: number): Point[] {
  if (metrics === 2) {
    return Array.from({ length: count }, (_, index) => {
      const angle = ((index + 0.5) / count) * (Math.PI / 2);
      return [Math.cos(angle), Math.sin(angle)];
    });
  }
  const root = rootFor(metrics);
  return Array.from({ length: count }, (_, index) =>
    unitVector(
      Array.from({ length: metrics }, (_each, metric) =>
        normalQuantile(0.5 + 0.5 * clamped(fraction(0.5 + (index + 1) * root ** -(metric + 1)))),
      ),
    ),
  );
}

/** The same vector with length 1. */
export function unitVector(vector: readonly number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** The distance along a direction at which the box from the origin to a corner ends. */
export function reach(corner: Point, direction: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (let metric = 0; metric < direction.length; metric += 1) {
    least = Math.min(least, (corner[metric] as number) / (direction[metric] as number));
  }
  return least;
}

function clamped(share: number): number {
  return Math.min(Math.max(share, 1e-3), 1 - 1e-3);
}

/** The root of x^(d+1) = x + 1 above 1, by Newton's method. */
function rootFor(dimensions: number): number {
  let x = 1.5;
  for (let step = 0; step < 30; step += 1) x -= (x ** (dimensions + 1) - x - 1) / ((dimensions + 1) * x ** dimensions - 1);
  return x;
}
