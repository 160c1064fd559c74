import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import { configurationFrom } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { decodeUnit } from '../../space/unit-cube.ts';
import type { Problem, Suggestion, SuggestionRequest } from '../contract.ts';
import { breed, type Parent } from '../variation/breed.ts';
import { distinctIndividuals, keyOf } from '../variation/distinct.ts';
import { founders } from '../variation/founder.ts';
import { suggestionOf } from '../variation/genome.ts';
import { type GeneticOptions, realVariationOf } from './options.ts';
import { parentsOf } from './parents.ts';
import type { GeneticState, Individual } from './state.ts';

/**
 * Individuals of a search over real genomes: a quasi-random first generation, then children by simulated binary crossover and polynomial mutation
 * (`variation/recombine.ts`). A child whose configuration is one of the population, or of the children before it, is made again.
 */
export function realIndividuals(
  problem: Problem,
  options: GeneticOptions,
  state: GeneticState,
  { firstSlot, slots, stream }: { readonly firstSlot: number; readonly slots: number; readonly stream: SuggestionRequest['stream'] },
): Suggestion[] {
  const { space } = problem;
  const { generation, population } = state;
  const alive = new Set(population.map((member) => keyOf(decoded(space, member))));
  const variation = realVariationOf(options);
  const found = founders(space, stream);
  const draw = parentsOf(problem, options, state);
  return distinctIndividuals(
    { first: firstSlot, end: firstSlot + slots },
    (parameters) => alive.has(keyOf(parameters)),
    (slot, isKnown) => {
      const place = { generation, slot, stream };
      const parentsFor = (random: RandomStream) => draw(random).map(parentFrom);
      const made = generation === 0 ? found(place, isKnown) : breed(space, variation, place, { isKnown, parentsFor });
      return suggestionOf(made, { sampler: 'genetic', generation, slot });
    },
  );
}

function parentFrom(member: Individual): Parent {
  return { trial: member.trial, genome: coordinatesOf(member) };
}

/** Coordinates that nothing reads are 0: those of parameters that do not exist. */
function decoded(space: SearchSpace, member: Individual) {
  const coordinates = coordinatesOf(member);
  return configurationFrom(space, (parameter, index) => decodeUnit(parameter, coordinates[index] ?? 0));
}

function coordinatesOf({ genome }: Individual) {
  invariant(typeof genome !== 'string', 'members of a search over real genomes have coordinates');
  return genome;
}
