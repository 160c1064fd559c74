import type { Point } from './dominance.ts';
import { Staircase } from './staircase.ts';

/**
 * Hypervolume: the volume of the region that some point reaches and that is better than the reference in every metric (Zitzler and Thiele,
 * PPSN V, 1998). Points that are not better than the reference in every metric add nothing. Exact but for rounding.
 *
 * Two metrics: a sweep, O(n log n). Three: a sweep over the third one with the staircase of the first two (Fonseca, Paquete and López-Ibáñez,
 * CEC 2006), O(n log n) comparisons. More: the exclusive volumes of WFG (While, Bradstreet and Barone, "A Fast Way of Calculating Exact
 * Hypervolumes", IEEE Transactions on Evolutionary Computation 16(1), 2012): with the points in descending order of the last metric, each adds
 * its extent in that metric, times what it covers alone among the points before it in the others; O(n² log n) for four.
 *
 * @param points finite values, more is better
 * @param reference one value for each metric, worse than what counts
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const extents = points
    .map((point) => point.map((value, metric) => value - (reference[metric] ?? Number.NaN)))
    .filter((extent) => extent.every((value) => value > 0));
  return volume(extents, reference.length);
}

/** Volume of the union of boxes from the origin to each corner; metrics from `metrics` on are ignored. */
function volume(corners: readonly Point[], metrics: number): number {
  const last = metrics - 1;
  if (metrics === 1) return corners.reduce((most, [value = 0]) => Math.max(most, value), 0);
  const order = corners.toSorted((one, other) => (other[last] ?? 0) - (one[last] ?? 0));
  if (metrics === 2) return area(order);
  return metrics === 3 ? sweptVolume(order) : sumOfExclusive(order, last);
}

/** Two metrics, by descending second. */
function area(order: readonly Point[]): number {
  let [sum, width] = [0, 0];
  for (const [first = 0, second = 0] of order) {
    if (first <= width) continue;
    sum += (first - width) * second;
    width = first;
  }
  return sum;
}

/** Three metrics, by descending third: each new part of the covered area reaches from the origin to the third value. */
function sweptVolume(order: readonly Point[]): number {
  const covered = new Staircase();
  let sum = 0;
  for (const [first = 0, second = 0, third = 0] of order) {
    if (covered.covers(first, second)) continue;
    sum += covered.uncovered(first, second) * third;
    covered.add(first, second);
  }
  return sum;
}

/** More metrics, by descending last. */
function sumOfExclusive(order: readonly Point[], last: number): number {
  return order.reduce((sum, corner, place) => {
    const box = corner.slice(0, last);
    const inclusive = box.reduce((product, value) => product * value, 1);
    const limited = order.slice(0, place).map((other) => box.map((value, metric) => Math.min(value, other[metric] ?? 0)));
    return sum + (corner[last] ?? 0) * (inclusive - volume(limited, last));
  }, 0);
}
