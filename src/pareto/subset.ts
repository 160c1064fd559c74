import { evenDirections, reach } from './directions.ts';
import type { Point } from './dominance.ts';

/** Directions along which volumes are measured. */
const directionCount = 128;
/** The reference point is by this share of the range of a metric worse than the worst point. */
const margin = 0.1;

const directionsOf = new Map<number, readonly Point[]>();

/**
 * Points in the order in which a greedy search takes them: each adds the most hypervolume to those before it (hypervolume subset selection; the greedy choice has at least 1 − 1/e of the best
 * subset's volume: Guerreiro, Fonseca and Paquete, "Greedy Hypervolume Subset Selection in Low Dimensions", Evolutionary Computation 24(3), 2016).
 *
 * The volume is an integral over directions: the k-th power of how far the points reach along each, for k metrics (Zhang and Golovin, "Random Hypervolume
 * Scalarizations for Provable Multi-Objective Black Box Optimization", ICML 2020, lemma 5). It is summed over 128 of them, so that the cost hardly depends on the number of
 * metrics. Each metric is scaled to the range of the points.
 *
 * @param points finite values, more is better
 * @param count most points to take. O(128 · n) and, for each point taken, O(n)
 * @returns indices of the points
 */
export function byAddedVolume(points: readonly Point[], count: number): number[] {
  const metrics = points[0]?.length ?? 0;
  const volumes = volumesOf(scaled(points), directionsFor(metrics));
  const covered = new Float64Array(directionCount);
  // A point never adds more to a larger subset: the volume that it added to a smaller one is an upper bound.
  const bounds = volumes.map(sumOf);
  const isExact = points.map(() => true);
  const taken: number[] = [];
  const left = new Set(points.keys());
  while (taken.length < Math.min(count, points.length)) {
    const next = largest(bounds, left);
    const volume = volumes[next] as Float64Array;
    if (!isExact[next]) {
      bounds[next] = added(volume, covered);
      isExact[next] = true;
      continue;
    }
    taken.push(next);
    left.delete(next);
    for (let direction = 0; direction < directionCount; direction += 1)
      covered[direction] = Math.max(covered[direction] as number, volume[direction] as number);
    isExact.fill(false);
  }
  return taken;
}

function directionsFor(metrics: number): readonly Point[] {
  const directions = directionsOf.get(metrics) ?? evenDirections(metrics, directionCount);
  directionsOf.set(metrics, directions);
  return directions;
}

/** The points as distances from the reference point, in units of the range of each metric. Halves: a range may be larger than the largest number. */
function scaled(points: readonly Point[]): Point[] {
  const [first = []] = points;
  const ends = (most: (one: number, other: number) => number) =>
    first.map((value, metric) => points.reduce((end, point) => most(end, point[metric] ?? value), value) / 2);
  const [low, high] = [ends(Math.min), ends(Math.max)];
  return points.map((point) =>
    point.map((value, metric) => {
      const [least, range] = [low[metric] as number, (high[metric] as number) - (low[metric] as number)];
      return margin + (range > 0 ? (value / 2 - least) / range : 0);
    }),
  );
}

/** Of each point, its volume along each direction. */
function volumesOf(corners: readonly Point[], directions: readonly Point[]): Float64Array[] {
  return corners.map((corner) => Float64Array.from(directions, (direction) => reach(corner, direction) ** corner.length));
}

function added(volume: Float64Array, covered: Float64Array): number {
  let sum = 0;
  for (let direction = 0; direction < volume.length; direction += 1)
    sum += Math.max((volume[direction] as number) - (covered[direction] as number), 0);
  return sum;
}

function sumOf(volume: Float64Array): number {
  return volume.reduce((sum, value) => sum + value, 0);
}

/** The index of the largest bound, the first of equal ones. */
function largest(bounds: readonly number[], indices: Iterable<number>): number {
  let [found, most] = [-1, Number.NEGATIVE_INFINITY];
  for (const index of indices) {
    const bound = bounds[index] as number;
    if (bound > most) [found, most] = [index, bound];
  }
  return found;
}
