import type { Point } from './dominance.ts';

/**
 * Crowding distances of the members of a front (Deb et al. 2002, section III-B): the sum over the metrics of the distance between the two
 * neighbours along that metric, divided by the metric's range in the front. More is less crowded.
 *
 * The best and the worst in a metric are infinitely far. Where several have the same value, their neighbourhood follows their places: of those
 * that share the best value the first is the end, of those that share the worst one the last. Of equal points only the first has a distance, as if it were alone;
 * the others have 0, which the paper leaves open. A metric in which all members are equal adds nothing, and one
 * or two different points are all infinitely far. Of infinite values only the ends count.
 *
 * @param front the members, in the order that decides ties. O(n log n)
 * @returns a distance for each of them
 */
export function crowdingDistances(front: readonly Point[]): number[] {
  const distances = front.map(() => 0);
  const distinct = firstOfEqual(front);
  if (distinct.length <= 2) {
    for (const index of distinct) distances[index] = Number.POSITIVE_INFINITY;
    return distances;
  }
  for (let metric = 0; metric < (front[0]?.length ?? 0); metric += 1) {
    const valueAt = (index: number | undefined): number => front[index ?? -1]?.[metric] ?? Number.NaN;
    const order = distinct.toSorted((one, other) => compareDescending(valueAt(one), valueAt(other)) || one - other);
    const [most, least] = [valueAt(order[0]), valueAt(order.at(-1))];
    if (least === most) continue;
    for (const [place, index] of order.entries()) {
      const isEnd = place === 0 || place === order.length - 1;
      const gap = isEnd ? Number.POSITIVE_INFINITY : shareOf(valueAt(order[place + 1]), valueAt(order[place - 1]), least, most);
      distances[index] = (distances[index] ?? 0) + gap;
    }
  }
  return distances;
}

/** (high − low) / (most − least), without overflow; 0 where infinities leave it undefined. */
function shareOf(low: number, high: number, least: number, most: number): number {
  const share = (high / 2 - low / 2) / (most / 2 - least / 2);
  return Number.isNaN(share) ? 0 : share;
}

/** Indices of the points that equal none before them, ascending. */
function firstOfEqual(points: readonly Point[]): number[] {
  const seen = new Set<string>();
  return [...points.keys()].filter((index) => {
    const text = String(points[index]);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

function compareDescending(one: number, other: number): number {
  return one === other ? 0 : one > other ? -1 : 1;
}
