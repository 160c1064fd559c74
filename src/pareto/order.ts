import { peelConstrained } from './constrained-fronts.ts';
import { crowdingDistances } from './crowding.ts';
import type { Candidate, Point } from './dominance.ts';
import type { Front } from './fronts.ts';

/** The place of a candidate among others. */
export interface Ranked {
  /** Its index in the caller's list. */
  readonly index: number;
  /** Its front, from 0. */
  readonly front: number;
  /** Its crowding distance among the members of its front; Infinity at the ends of a front. */
  readonly crowding: number;
}

/**
 * The best candidates: by front (constrained domination), within a front by crowding distance, the least crowded first (the crowded-comparison
 * operator ≺_n of Deb et al. 2002, section III-B), then by place in the list. Candidates that failed are the last front and have no distance: 0.
 *
 * @param count most candidates to return. The cost is that of the fronts that have them
 */
export function bestRanked(candidates: readonly Candidate[], count: number): Ranked[] {
  return peelConstrained(candidates, count)
    .flatMap((indices, front) => rankedFront(candidates, indices, front))
    .slice(0, count);
}

function rankedFront(candidates: readonly Candidate[], indices: Front, front: number): Ranked[] {
  const points = indices.map((index) => candidates[index]?.values ?? null);
  const distances = points.every((point): point is Point => point !== null) ? crowdingDistances(points) : indices.map(() => 0);
  return indices
    .map((index, place) => ({ index, front, crowding: distances[place] ?? 0 }))
    .sort((one, other) => (one.crowding === other.crowding ? one.index - other.index : one.crowding > other.crowding ? -1 : 1));
}
