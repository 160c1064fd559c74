import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { firstUnknown, type IsKnown } from './distinct.ts';
import type { Place } from './founder.ts';
import { drawnGenome, expressed, type Individual, type RealGenome } from './genome.ts';
import { mutationChance, type RealVariation } from './options.ts';
import { childGenome } from './recombine.ts';

/** Attempts that have parents. */
const mostBred = 5;

/** A possible parent. */
export interface Parent {
  readonly trial: number;
  readonly genome: RealGenome;
}

/**
 * A child of two parents. If its configuration is known, it is made again: each attempt has parents of its own and twice the chance of a mutation.
 * After five attempts it is a random individual without parents.
 *
 * @param parentsFor draws two different parents
 */
export function breed(
  space: SearchSpace,
  variation: RealVariation,
  { generation, slot, stream }: Place,
  { isKnown, parentsFor }: { readonly isKnown: IsKnown; readonly parentsFor: (stream: RandomStream) => readonly (Parent | undefined)[] },
): Individual {
  return firstUnknown(isKnown, (attempt) => {
    const random = stream('child', generation, slot, attempt);
    if (attempt >= mostBred) return expressed(space, drawnGenome(space, random), random);
    const [first, second] = parentsFor(random);
    invariant(first && second, 'parents are members of the population');
    const mutation = Math.min(1, mutationChance(space, variation.mutation) * 2 ** attempt);
    const genome = childGenome(space, [first.genome, second.genome], variation, { mutation, stream: random });
    return { ...expressed(space, genome, random), parents: [first.trial, second.trial] as const };
  });
}
