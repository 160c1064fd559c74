import type { Point } from './dominance.ts';
import { Staircase } from './staircase.ts';

/**
 * The members of one front. Points arrive in descending lexicographic order, so that an earlier one is never worse in the first metric:
 * only the other metrics decide.
 */
export interface FrontMembers {
  /** Tells whether a member is at least as good as this point, which comes after it, in every metric. */
  reach(point: Point): boolean;
  /** Adds a point that no member reaches. */
  add(point: Point): void;
}

/** An empty front of points with so many metrics. */
export function emptyFront(metrics: number): FrontMembers {
  if (metrics <= 1) return oneMetric();
  if (metrics === 2) return twoMetrics();
  return metrics === 3 ? threeMetrics() : manyMetrics(metrics);
}

/** Any member is at least as good as what comes after it. */
function oneMetric(): FrontMembers {
  let isEmpty = true;
  return {
    reach: () => !isEmpty,
    add: () => {
      isEmpty = false;
    },
  };
}

/** The best second value decides. */
function twoMetrics(): FrontMembers {
  let best = Number.NEGATIVE_INFINITY;
  let isEmpty = true;
  return {
    reach: ([, second = Number.NaN]) => !isEmpty && best >= second,
    add: ([, second = Number.NaN]) => {
      best = second;
      isEmpty = false;
    },
  };
}

/** Of the second and the third value only the maxima decide. */
function threeMetrics(): FrontMembers {
  const maxima = new Staircase();
  return {
    reach: ([, second = Number.NaN, third = Number.NaN]) => maxima.covers(second, third),
    add: ([, second = Number.NaN, third = Number.NaN]) => maxima.add(second, third),
  };
}

/** The maxima of all values but the first, compared one by one. */
function manyMetrics(metrics: number): FrontMembers {
  const width = metrics - 1;
  /** `width` values of each maximum, one after another. */
  const maxima: number[] = [];
  const swap = (one: number, other: number): void => {
    for (let metric = 0; metric < width; metric += 1) {
      const moved = maxima[one + metric] ?? Number.NaN;
      maxima[one + metric] = maxima[other + metric] ?? Number.NaN;
      maxima[other + metric] = moved;
    }
  };
  return {
    reach: (point) => {
      for (let start = 0; start < maxima.length; start += width) {
        let metric = 0;
        while (metric < width && (maxima[start + metric] ?? Number.NaN) >= (point[metric + 1] ?? Number.NaN)) metric += 1;
        if (metric < width) continue;
        // A maximum that reached a point moves forward: it is likely to reach the next one too.
        if (start > 0) swap(start, width * Math.floor(start / width / 2));
        return true;
      }
      return false;
    },
    add: (point) => {
      let kept = 0;
      for (let start = 0; start < maxima.length; start += width) {
        let metric = 0;
        while (metric < width && (point[metric + 1] ?? Number.NaN) >= (maxima[start + metric] ?? Number.NaN)) metric += 1;
        if (metric === width) continue;
        if (kept < start) for (let each = 0; each < width; each += 1) maxima[kept + each] = maxima[start + each] ?? Number.NaN;
        kept += width;
      }
      maxima.length = kept;
      for (let each = 0; each < width; each += 1) maxima.push(point[each + 1] ?? Number.NaN);
    },
  };
}
