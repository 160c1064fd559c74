import type { SearchSpace } from '../../space/schema.ts';
import type { SuggestionRequest } from '../contract.ts';
import { lazyDesign } from '../quasi-random/sobol.ts';
import { firstUnknown, type IsKnown } from './distinct.ts';
import { drawnGenome, expressed, type Individual } from './genome.ts';

/** A place in a generation, and the randomness that belongs to it. */
export interface Place {
  readonly generation: number;
  readonly slot: number;
  readonly stream: SuggestionRequest['stream'];
}

/**
 * Makes individuals without parents: the point of its slot in a scrambled Sobol sequence; a random one where that is known. On the problems of
 * `npm run bench:fronts` the log10 of the missing hypervolume was 0.05 less with quasi-random points after 400 trials than with random ones (8 seeds).
 */
export function founders(space: SearchSpace, stream: SuggestionRequest['stream']): (place: Place, isKnown: IsKnown) => Individual {
  const design = lazyDesign(space.length, (dimension) => stream('founder-digits', dimension));
  return ({ generation, slot }, isKnown) =>
    firstUnknown(isKnown, (attempt) => {
      const random = stream('founder', generation, slot, attempt);
      return expressed(space, attempt === 0 ? design(slot) : drawnGenome(space, random), random);
    });
}
