/**
 * The values of one candidate, one for each metric, all oriented so that more is better and none NaN. The points of one call have the
 * same number of values.
 */
export type Point = readonly number[];

/** Tells whether a point dominates another: at least as good in every metric, and better in one. Equal points do not dominate each other. */
export function dominates(one: Point, other: Point): boolean {
  let isBetter = false;
  for (const [metric, value] of one.entries()) {
    const against = other[metric] ?? Number.NaN;
    if (!(value >= against)) return false;
    isBetter ||= value > against;
  }
  return isBetter;
}

/** A point that may break constraints, or be missing. */
export interface Candidate {
  /** null: it failed and has no values. */
  readonly values: Point | null;
  /** Constraint violation: the sum of its distances from the limits, 0 if it meets all of them. Absent: there are no constraints. */
  readonly violation?: number;
}

/**
 * Constrained domination (Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary
 * Computation 6(2), 2002, definition 1): a feasible candidate dominates an infeasible one, of two infeasible ones the one with the smaller
 * violation dominates, and of two feasible ones the dominating point. Any candidate dominates one that failed (ours).
 */
export function constrainedDominates(one: Candidate, other: Candidate): boolean {
  if (one.values === null) return false;
  if (other.values === null) return true;
  const [violation, against] = [constraintViolation(one), constraintViolation(other)];
  if (violation > 0 || against > 0) return violation < against;
  return dominates(one.values, other.values);
}

/** The constraint violation of a candidate, 0 if it is feasible. */
export function constraintViolation({ violation = 0 }: Candidate): number {
  return violation;
}
