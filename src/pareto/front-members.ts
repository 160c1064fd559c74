import { BoxTree } from './box-tree.ts';
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
  return metrics === 3 ? threeMetrics() : manyMetrics();
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

/** Of all values but the first only the maxima decide. */
function manyMetrics(): FrontMembers {
  const maxima = new BoxTree();
  return {
    reach: ([, ...others]) => maxima.covers(others),
    add: ([, ...others]) => maxima.add(others),
  };
}
