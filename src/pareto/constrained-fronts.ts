import { type Candidate, constraintViolation, type Point } from './dominance.ts';
import { type Front, peelFronts, sortFronts } from './fronts.ts';

/**
 * Sorts candidates into fronts by constrained domination: the fronts of the feasible ones, then a front for each amount of violation,
 * the smallest first, then one of those that failed.
 */
export function sortConstrained(candidates: readonly Candidate[]): Front[] {
  return constrained(candidates, sortFronts, Number.POSITIVE_INFINITY);
}

/** The first fronts of `sortConstrained`, as many as have at least `atLeast` candidates together (all of them if there are fewer). */
export function peelConstrained(candidates: readonly Candidate[], atLeast: number): Front[] {
  return constrained(candidates, (points) => peelFronts(points, atLeast), atLeast);
}

function constrained(candidates: readonly Candidate[], sort: (points: readonly Point[]) => Front[], atLeast: number): Front[] {
  const points: Point[] = [];
  const feasible: number[] = [];
  const failed: number[] = [];
  const infeasible = new Map<number, number[]>();
  for (const [index, candidate] of candidates.entries()) {
    const violation = constraintViolation(candidate);
    if (candidate.values === null) failed.push(index);
    else if (violation > 0) {
      const alike = infeasible.get(violation);
      if (alike) alike.push(index);
      else infeasible.set(violation, [index]);
    } else {
      points.push(candidate.values);
      feasible.push(index);
    }
  }
  const fronts = sort(points).map((front) => front.map((index) => feasible[index] ?? 0));
  const others = [...infeasible].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, indices]) => indices);
  if (failed.length > 0) others.push(failed);
  let found = feasible.length;
  for (const front of others) {
    if (found >= atLeast) break;
    fronts.push(front);
    found += front.length;
  }
  return fronts;
}
