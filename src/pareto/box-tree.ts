import { invariant } from '../shared/errors.ts';
import type { Point } from './dominance.ts';

/** Most points of a leaf. */
const leafSize = 24;

/** A box around points: a leaf with the points, or two boxes with one part each. The box may be larger than needed once points were removed. */
interface Box {
  low: number[];
  high: number[];
  points: Point[];
  parts: { readonly metric: number; readonly from: number; below: Box; above: Box } | null;
}

/**
 * The maxima of points with any number of metrics: those that no other point reaches in every metric. A tree of boxes, which skips those whose best
 * corner is too low and decides for all points of a box at its corners, as the ND-tree does (Jaszkiewicz and Lust, "ND-Tree-Based Update: A Fast
 * Algorithm for the Dynamic Nondominance Problem", IEEE Transactions on Evolutionary Computation 22(5), 2018); its boxes are cut at medians.
 */
export class BoxTree {
  #root: Box | null = null;
  #size = 0;

  /** Tells whether some point is at least as good in every metric. */
  covers(point: Point): boolean {
    return this.#root !== null && reaches(this.#root, point);
  }

  /** Adds a point that is not covered. The points that it covers are removed. */
  add(point: Point): void {
    this.#root = this.#root && without(this.#root, point);
    this.#size += 1;
    if (this.#root === null) {
      this.#root = boxOf([point]);
      this.#size = 1;
    } else if (insert(this.#root, point) > 2 * Math.log2(this.#size) + 8) {
      // Points that arrive in the order of a metric make one branch long: all boxes are cut anew.
      const points = pointsOf(this.#root);
      this.#size = points.length;
      this.#root = cut(boxOf(points));
    }
  }
}

function reaches({ low, high, points, parts }: Box, point: Point): boolean {
  if (!isAtLeast(high, point)) return false;
  if (isAtLeast(low, point)) return true;
  if (parts) return reaches(parts.below, point) || reaches(parts.above, point);
  return points.some((each) => isAtLeast(each, point));
}

/** The box without the points that a point covers; null if none is left. */
function without(box: Box, point: Point): Box | null {
  if (box.low.some((low, metric) => low > (point[metric] ?? Number.NaN))) return box;
  if (isAtLeast(point, box.high)) return null;
  if (!box.parts) {
    box.points = box.points.filter((each) => !isAtLeast(point, each));
    return box.points.length === 0 ? null : box;
  }
  const [below, above] = [without(box.parts.below, point), without(box.parts.above, point)];
  if (!below || !above) return below ?? above;
  box.parts.below = below;
  box.parts.above = above;
  return box;
}

/** Adds a point to the leaf where it belongs. @returns the depth of that leaf */
function insert(root: Box, point: Point): number {
  let box = root;
  for (let depth = 1; ; depth += 1) {
    for (const [metric, value] of point.entries()) {
      box.low[metric] = Math.min(box.low[metric] ?? value, value);
      box.high[metric] = Math.max(box.high[metric] ?? value, value);
    }
    if (!box.parts) {
      box.points.push(point);
      if (box.points.length > leafSize) cut(box);
      return depth;
    }
    const { metric, from, below, above } = box.parts;
    box = (point[metric] ?? Number.NaN) < from ? below : above;
  }
}

/**
 * Cuts a box of too many points at the median of the metric in which they are widest apart. They differ, so both parts have some: that needs the bounds
 * of the points themselves, which are tighter than those of the box once points were removed.
 */
function cut(box: Box): Box {
  if (box.points.length <= leafSize) return box;
  Object.assign(box, boundsOf(box.points));
  const metric = widest(box);
  const values = box.points.map((point) => point[metric] ?? Number.NaN).sort((one, other) => (one < other ? -1 : 1));
  const median = values[values.length >>> 1] ?? Number.NaN;
  const from = median > (values[0] ?? median) ? median : (values.find((value) => value > median) ?? median);
  const isBelow = (point: Point) => (point[metric] ?? Number.NaN) < from;
  const below = cut(boxOf(box.points.filter(isBelow)));
  const above = cut(boxOf(box.points.filter((point) => !isBelow(point))));
  box.parts = { metric, from, below, above };
  box.points = [];
  return box;
}

/** The metric in which a box is widest. A side from infinity to infinity has the width 0. */
function widest({ low, high }: Box): number {
  const widths = high.map((value, metric) => (value === low[metric] ? 0 : value - (low[metric] ?? value)));
  return widths.indexOf(Math.max(...widths));
}

function boxOf(points: Point[]): Box {
  return { ...boundsOf(points), points, parts: null };
}

/** @throws Error without points: bounds of nothing would cover every point */
function boundsOf(points: readonly Point[]): Pick<Box, 'low' | 'high'> {
  const [first] = points;
  invariant(first, 'a box has points');
  const ends = (most: (...values: number[]) => number) =>
    first.map((value, metric) => points.reduce((end, point) => most(end, point[metric] ?? value), value));
  return { low: ends(Math.min), high: ends(Math.max) };
}

function pointsOf({ points, parts }: Box): Point[] {
  return parts ? [...pointsOf(parts.below), ...pointsOf(parts.above)] : points;
}

/** Tells whether a corner is at least as good as another in every metric. */
function isAtLeast(corner: Point, other: Point): boolean {
  for (let metric = 0; metric < corner.length; metric += 1) {
    if (!((corner[metric] ?? Number.NaN) >= (other[metric] ?? Number.NaN))) return false;
  }
  return true;
}
