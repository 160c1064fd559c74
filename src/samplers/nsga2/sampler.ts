import { counted } from '../../shared/counted.ts';
import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Problem, Sampler, Suggestion, SuggestionRequest } from '../contract.ts';
import { stopMark } from '../observation.ts';
import { scaledGenerations } from '../scaled-generations.ts';
import { breed } from '../variation/breed.ts';
import { distinctIndividuals, type IsKnown, keyOf } from '../variation/distinct.ts';
import { founders } from '../variation/founder.ts';
import { type RealGenome, realGenome, suggestionOf } from '../variation/genome.ts';
import { pinnedMutation } from '../variation/options.ts';
import { tournamentParents } from '../variation/tournament.ts';
import { type Nsga2Options, nsga2OptionsSchema } from './options.ts';
import { closeGeneration, markOf, type Nsga2State, nsga2StateSchema } from './state.ts';

/** Least size at which there are parents to choose from. */
const leastPopulation = 8;

/**
 * NSGA-II (Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary
 * Computation 6(2), 2002) for one to four metrics:
 *
 * | here                        | in the paper                                                                                       |
 * | --------------------------- | -------------------------------------------------------------------------------------------------- |
 * | `population`                | N: trials in a generation, and survivors of one                                                    |
 * | population, generation      | P_t, the parents; Q_t, their children                                                              |
 * | `closeGeneration`           | the N best of R_t = P_t ∪ Q_t by front and crowding distance (section III-C)                       |
 * | order of the population     | the crowded-comparison operator ≺_n (section III-B), under constraints by definition 1             |
 * | `tournamentParents`         | binary tournaments by ≺_n                                                                          |
 * | `crossover`, `mutation`     | p_c and η_c; p_m and η_m (section IV-A)                                                            |
 *
 * It differs where the paper leaves things open or has only continuous parameters. The first generation is quasi-random in place of random. Each child has
 * parents of its own and is the only one of them, so that it depends on (seed, generation, slot) and the population alone. Its two parents are
 * different members. Of equal members the lower trial number wins, where the paper draws. Parameters of other types: `variation/recombine.ts`.
 * A child whose configuration is known is made again (`variation/distinct.ts`): one of the population, of the children before it in its block
 * of 50, and in a space without a continuous number one of the last 2,000 trials.
 *
 * A trial without values (failed, or not finite) is the last to survive, and one that was stopped early the last before these. One beyond the limits of a study ranks behind all that keep them, by its
 * violation. A trial that a client gave is a guest of the generation that it was observed with, and may survive it. A generation that the budget
 * cuts short closes with the trials that it has.
 */
export const nsga2Sampler: Sampler<typeof nsga2OptionsSchema, Nsga2State> = {
  name: 'nsga2',
  version: 1,
  summary: 'Breeds generations of configurations toward the best trade-offs of several metrics (NSGA-II).',
  optionsSchema: nsga2OptionsSchema,
  pinned: (options, { space }) => ({ ...options, mutation: pinnedMutation(space, options.mutation) }),
  stateSchema: nsga2StateSchema,
  learns: 'generations',
  skipsGiven: false,
  cost: 'instant',
  mostMetrics: 4,
  check: () => [],
  defaultParallelism: (options) => options.population,
  size: (_problem, { population }, { generations }) => (generations === undefined ? null : population * generations),
  scale: (options, budget, factor, note) => scaledGenerations(['population', leastPopulation], options, budget, factor, note),
  describe: ({ population }) => `NSGA-II: ${counted(population, 'individual')}`,
  init: () => ({ version: 1, generation: 0, firstTrial: 0, population: [], tried: [] }),
  observe: closeGeneration,
  suggest(problem, options, state, request) {
    const firstSlot = request.firstIndex - state.firstTrial;
    invariant(firstSlot >= 0, `suggestion ${request.firstIndex} belongs to a closed generation`);
    const end = Math.min(firstSlot + request.count, options.population);
    if (end <= firstSlot) return { kind: 'waiting' };
    return { kind: 'suggestions', suggestions: individuals(problem, options, state, { firstSlot, end, stream: request.stream }) };
  },
  generation: (options, state) => ({ index: state.generation, firstIndex: state.firstTrial, size: options.population }),
  population: (state) =>
    state.population.map((survivor) => ({
      trial: survivor.trial,
      elite: survivor.elite,
      value: survivor.values?.[0] ?? null,
      ...stopMark(survivor),
    })),
};

/** The individuals of some slots of the generation being evaluated. */
function individuals(
  { space }: Problem,
  options: Nsga2Options,
  { generation, population, tried }: Nsga2State,
  { firstSlot, end, stream }: { readonly firstSlot: number; readonly end: number; readonly stream: SuggestionRequest['stream'] },
): Suggestion[] {
  const genomes = new Map<number, RealGenome>();
  const parentAt = (place: number) => {
    const parent = population[place];
    if (!parent) return undefined;
    const genome = genomes.get(place) ?? realGenome(space, { parameters: parent.parameters, latent: parent.latent ?? {} });
    genomes.set(place, genome);
    return { trial: parent.trial, genome };
  };
  const parentsFor = (random: RandomStream) => tournamentParents(population.length, 2, random).map(parentAt);
  const found = founders(space, stream);
  return distinctIndividuals({ first: firstSlot, end }, knownBy(population, tried), (slot, isKnown) => {
    const place = { generation, slot, stream };
    const made = population.length === 0 ? found(place, isKnown) : breed(space, options, place, { isKnown, parentsFor });
    return suggestionOf(made, { sampler: 'nsga2', generation, slot });
  });
}

function knownBy(population: Nsga2State['population'], tried: readonly string[]): IsKnown {
  const alive = new Set(population.map(({ parameters }) => keyOf(parameters)));
  const marks = new Set(tried);
  return (parameters) => alive.has(keyOf(parameters)) || (marks.size > 0 && marks.has(markOf(parameters)));
}
