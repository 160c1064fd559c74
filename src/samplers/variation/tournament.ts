import type { RandomStream } from '../../shared/random.ts';

/**
 * The place of the winner of a tournament among members that are ranked best first: the best of `size` different ones, drawn uniformly.
 *
 * @param count members, at least 1
 * @param except place of a member that takes no part, unless it is the only one
 */
export function tournamentWinner(count: number, size: number, stream: RandomStream, except?: number): number {
  const places = Array.from({ length: count }, (_, place) => place).filter((place) => place !== except || count === 1);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < size && places.length > 0; round += 1) {
    const [drawn = best] = places.splice(stream.integer(places.length), 1);
    best = Math.min(best, drawn);
  }
  return best;
}

/** The places of two different parents, each the winner of a tournament. Of a single member both are it. */
export function tournamentParents(count: number, size: number, stream: RandomStream): readonly [number, number] {
  const first = tournamentWinner(count, size, stream);
  return [first, tournamentWinner(count, size, stream, first)];
}
