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

/** Volume of the union of boxes from the origin to each corner. */
function volume(corners: readonly Point[], metrics: number): number {
  return sortedVolume(byDescending(corners, metrics - 1), metrics);
}

/** The same for corners in descending order of the last of the metrics; further metrics are ignored. */
function sortedVolume(order: readonly Point[], metrics: number): number {
  if (metrics === 1) return order[0]?.[0] ?? 0;
  if (metrics === 2) return area(order);
  return metrics === 3 ? sweptVolume(order) : sumOfExclusive(order, metrics - 1);
}

function byDescending(corners: readonly Point[], metric: number): Point[] {
  return corners.toSorted((one, other) => (other[metric] ?? 0) - (one[metric] ?? 0));
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
  const places = new Map(order.map((corner, place) => [corner, place]));
  // Limited to a box, corners keep the order of the metric before the last: they are sorted once.
  const inner = byDescending(order, last - 1).map((corner) => ({ corner, place: places.get(corner) ?? 0 }));
  return order.reduce((sum, box, place) => {
    const earlier = inner.filter((other) => other.place < place);
    const limited = earlier.map(({ corner }) => corner.slice(0, last).map((value, metric) => Math.min(value, box[metric] ?? 0)));
    const inclusive = box.slice(0, last).reduce((product, value) => product * value, 1);
    return sum + (box[last] ?? 0) * (inclusive - sortedVolume(limited, last));
  }, 0);
}
