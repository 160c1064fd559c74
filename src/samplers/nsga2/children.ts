import { invariant } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import type { Suggestion, SuggestionRequest } from '../contract.ts';
import { firstPrimes, scrambledHalton } from '../quasi-random/halton.ts';
import { firstUnknown } from '../variation/distinct.ts';
import { drawnGenome, expressed, type Individual, type RealGenome, realGenome } from '../variation/genome.ts';
import { childGenome, mutationChance } from '../variation/recombine.ts';
import { tournamentParents } from '../variation/tournament.ts';
import type { Nsga2Options } from './options.ts';
import type { Survivor } from './state.ts';

/** A place in a generation, and the randomness that belongs to it. */
interface Place {
  readonly generation: number;
  readonly slot: number;
  readonly stream: SuggestionRequest['stream'];
}

type IsKnown = (parameters: Configuration) => boolean;

/** An individual without parents: a point of a scrambled Halton sequence; a random one where that is known. */
export function founder(space: SearchSpace, { generation, slot, stream }: Place, isKnown: IsKnown): Suggestion {
  const found = firstUnknown(isKnown, (attempt) => {
    const random = stream('founder', generation, slot, attempt);
    return expressed(space, attempt === 0 ? haltonPoint(space, slot, stream) : drawnGenome(space, random), random);
  });
  return { parameters: found.parameters, origin: { sampler: 'nsga2', generation, slot, ...latentOf(found) } };
}

function haltonPoint(space: SearchSpace, slot: number, stream: SuggestionRequest['stream']): RealGenome {
  return firstPrimes(space.length).map((base, index) => scrambledHalton(base, stream('founder-digits', index))(slot));
}

/** A child of two members of a ranked population. Each attempt has parents of its own and twice the chance of a mutation. */
export function child(
  space: SearchSpace,
  options: Nsga2Options,
  population: readonly Survivor[],
  { generation, slot, stream }: Place,
  isKnown: IsKnown,
): Suggestion {
  const { parents, ...found } = firstUnknown(isKnown, (attempt) => {
    const random = stream('child', generation, slot, attempt);
    const [first, second] = tournamentParents(population.length, 2, random).map((place) => population[place]);
    invariant(first && second, 'parents are members of the population');
    const mutation = Math.min(1, mutationChance(space, options) * 2 ** attempt);
    const genome = childGenome(space, [genomeOf(space, first), genomeOf(space, second)], options, { mutation, stream: random });
    return { ...expressed(space, genome, random), parents: [first.trial, second.trial] };
  });
  return { parameters: found.parameters, origin: { sampler: 'nsga2', generation, slot, parents, ...latentOf(found) } };
}

function genomeOf(space: SearchSpace, { parameters, latent = {} }: Survivor): RealGenome {
  return realGenome(space, { parameters, latent });
}

function latentOf({ latent }: Individual) {
  return Object.keys(latent).length === 0 ? {} : { latent };
}
