import type { Point } from './dominance.ts';
import { emptyFront, type FrontMembers } from './front-members.ts';

/** Indices of points in the caller's list, ascending. */
export type Front = readonly number[];

/**
 * Sorts points into fronts (non-dominated sorting): no point of the first front is dominated by any, no point of the next one by any but
 * members of the fronts before, and so on. Equal points share a front.
 *
 * Efficient non-dominated sort with binary search (Zhang, Tian, Cheng and Jin, "An Efficient Approach to Nondominated Sorting for
 * Evolutionary Multiobjective Optimization", IEEE Transactions on Evolutionary Computation 19(2), 2015): points are taken in descending
 * lexicographic order, and each goes into the first front that has no member which dominates it. Ours asks the maxima of a front in place of
 * all members (`front-members.ts`): O(n log n) for two metrics, O(n log² n) comparisons for three, at most O(n²) for more.
 */
export function sortFronts(points: readonly Point[]): Front[] {
  const metrics = points[0]?.length ?? 0;
  const members: FrontMembers[] = [];
  const fronts: number[][] = [];
  let place = 0;
  eachDescending(points, (index, point, isRepeated) => {
    if (!isRepeated) {
      place = firstFrontFor(members, point);
      if (place === members.length) {
        members.push(emptyFront(metrics));
        fronts.push([]);
      }
      members[place]?.add(point);
    }
    fronts[place]?.push(index);
  });
  return fronts.map(ascending);
}

/**
 * The first fronts of `sortFronts`, as many as have at least `atLeast` points together (all of them if there are fewer points). Faster than
 * sorting all points where few fronts are needed: each front costs one pass over the points that are left.
 */
export function peelFronts(points: readonly Point[], atLeast: number): Front[] {
  const metrics = points[0]?.length ?? 0;
  const fronts: Front[] = [];
  let left: { readonly index: number; readonly point: Point; readonly isRepeated: boolean }[] = [];
  eachDescending(points, (index, point, isRepeated) => left.push({ index, point, isRepeated }));
  for (let found = 0; found < atLeast && left.length > 0; ) {
    const members = emptyFront(metrics);
    const front: number[] = [];
    const others: typeof left = [];
    let isMember = false;
    for (const each of left) {
      if (!each.isRepeated) {
        isMember = !members.reach(each.point);
        if (isMember) members.add(each.point);
      }
      if (isMember) front.push(each.index);
      else others.push(each);
    }
    fronts.push(ascending(front));
    found += front.length;
    left = others;
  }
  return fronts;
}

/** Index of the first front without a member that dominates a point. Whatever front k does not dominate, later fronts do not either. */
function firstFrontFor(fronts: readonly FrontMembers[], point: Point): number {
  let [low, high] = [0, fronts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fronts[middle]?.reach(point)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls for each point in descending lexicographic order, equal points by ascending index. `isRepeated`: it equals the one before. */
function eachDescending(points: readonly Point[], each: (index: number, point: Point, isRepeated: boolean) => void): void {
  const order = [...points.entries()].sort(([first, one], [second, other]) => compareDescending(one, other) || first - second);
  let before: Point | undefined;
  for (const [index, point] of order) {
    each(index, point, before !== undefined && compareDescending(before, point) === 0);
    before = point;
  }
}

function compareDescending(one: Point, other: Point): number {
  for (let metric = 0; metric < one.length; metric += 1) {
    const [value, against] = [one[metric] ?? Number.NaN, other[metric] ?? Number.NaN];
    // No subtraction: the difference of two infinities is not a number.
    if (value !== against) return value > against ? -1 : 1;
  }
  return 0;
}

function ascending(indices: number[]): Front {
  return indices.sort((one, other) => one - other);
}
