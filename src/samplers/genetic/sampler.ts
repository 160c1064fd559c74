import { invariant } from '../../shared/errors.ts';
import { decodeGenome, type GenomeLayout, genomeLayout, genomeLength } from '../../space/genome.ts';
import type { Generation, Problem, RungEffort, Sampler, SearchBudget, Suggestion, SuggestionRequest } from '../contract.ts';
import { stopMark } from '../observation.ts';
import { effortOf } from '../rungs/brackets.ts';
import { fidelityOf, fidelityViolations, stepsOf } from '../rungs/fidelity.ts';
import { describeGenetic } from './describe.ts';
import { type GeneticOptions, geneticOptionsSchema, geneticViolations, pinnedOptions } from './options.ts';
import { parentsOf } from './parents.ts';
import { realIndividuals } from './real.ts';
import { atFirstRung, atFurtherRung, bracketOf, observeRung } from './rungs.ts';
import { scaledSearch } from './scale.ts';
import { childrenWanted, closeGeneration, type GeneticState, geneticStateSchema, type Individual } from './state.ts';
import { crossover, flip, mutatedBits, randomGenome } from './variation.ts';

/**
 * The genetic algorithm of Poudel et al., "Hyperparameter Tuning in LSTM Network", section III, with every constant
 * an option:
 *
 * | here                     | in the paper                                                                                   |
 * | ------------------------ | ---------------------------------------------------------------------------------------------- |
 * | individual               | model M_i                                                                                      |
 * | value, fitness           | fitness(M_i), the validation accuracy after the last epoch                                     |
 * | `selectionWeights`       | P(M_i) = fitness(M_i)^k / Σ_n fitness(M_n)^k                                                   |
 * | `selectionExponent`      | k: 4 in the approaches I and II, 2 in approach III                                             |
 * | `population`             | the upper limit of the sum: 20 models in a generation                                          |
 * | `elites`                 | models passed on unevaluated: the best one (approach I), the top 10 (II and III)               |
 * | `budget.generations`     | 70 generations                                                                                 |
 * | gene, genome             | A_1 … A_4: the four hyperparameters of model A; the binary string of all of them               |
 * | `crossover`              | one random point between two parents A and B: A_1 B_2 B_3 B_4 … B_1 B_2 B_3 A_4 (figure 3)      |
 * | `mutation.probability`   | 30 percent of the crossovers                                                                   |
 * | `mutation.kind`          | not said                                                                                       |
 *
 * A trial without a value (failed, or not finite) has fitness 0 and ranks last; ties go to the lower trial number. One beyond a limit of the
 * study has fitness 0 too, and ranks by its violation behind those that keep all limits: with the selection by fitness it is no parent while two
 * others have fitness.
 * A trial that was stopped early has the fitness of its last value; it ranks behind all completed ones, among elites and in tournaments.
 * A trial that a client gave is a guest of the generation that it was observed with: it may become a parent or an elite.
 * A child depends on (seed, generation, slot) and the closed population alone.
 *
 * Three options leave the paper: `variation: 'real'` makes children of numbers and choices (`real.ts`), `selection: 'tournament'` draws parents
 * by tournament (`parents.ts`), `rungs` measures new individuals with few steps first (`rungs.ts`).
 */
export const geneticSampler: Sampler<typeof geneticOptionsSchema, GeneticState> = {
  name: 'genetic',
  version: 1,
  summary: 'Breeds generations of configurations from the fittest; the best survive unevaluated.',
  optionsSchema: geneticOptionsSchema,
  pinned: pinnedOptions,
  stateSchema: geneticStateSchema,
  learns: 'generations',
  skipsGiven: false,
  cost: 'instant',
  check: geneticViolations,
  defaultParallelism: (options) => options.population,
  hasRungs: ({ rungs }) => rungs !== undefined,
  stepsOf: (problem, { rungs }, parameters) => (rungs ? stepsOf(fidelityOf(problem, rungs), parameters) : null),
  effort: effortAtRungs,
  size: mostTrialsOf,
  scale: scaledSearch,
  describe: describeGenetic,
  init: () => ({ version: 1, generation: 0, firstTrial: 0, population: [] }),
  observe: (problem, options, state, observations) =>
    options.rungs
      ? observeRung({ problem, options, rungs: options.rungs }, state, observations)
      : closeGeneration(problem, options, state, observations),
  suggest(problem, options, state, request) {
    const { firstIndex, size } = openTrials(options, state);
    const firstSlot = request.firstIndex - firstIndex;
    const slots = Math.min(request.count, size - firstSlot);
    invariant(firstSlot >= 0, `suggestion ${request.firstIndex} belongs to a closed generation`);
    if (slots <= 0) return { kind: 'waiting' };
    const { rungs } = options;
    if (rungs && state.cohort)
      return { kind: 'suggestions', suggestions: atFurtherRung({ problem, options, rungs }, state, firstSlot, slots) };
    const suggestions = newIndividuals(problem, options, state, { firstSlot, slots, stream: request.stream });
    return {
      kind: 'suggestions',
      suggestions: rungs ? suggestions.map((each) => atFirstRung({ problem, options, rungs }, each)) : suggestions,
    };
  },
  generation: (options, state) => ({ index: state.generation, ...openTrials(options, state) }),
  population: (state) =>
    state.population.map(({ trial, elite, value, prunedAt, reached }) => ({
      trial,
      elite,
      value,
      ...stopMark({ prunedAt: reached ?? prunedAt }),
    })),
};

/** The suggestions that are observed next, all together: the new individuals of a generation, or those of them that go on to a further rung. */
function openTrials(options: GeneticOptions, state: GeneticState): Omit<Generation, 'index'> {
  const { cohort, firstTrial } = state;
  return cohort
    ? { firstIndex: cohort.firstIndex, size: cohort.promoted.length }
    : { firstIndex: firstTrial, size: childrenWanted(options, state) };
}

/** The work of so many trials with rungs; null: there are none. */
function effortAtRungs(problem: Problem, { population, elites, rungs }: GeneticOptions, trials: number): RungEffort | null {
  if (!rungs) return null;
  const first = bracketOf({ problem, rungs }, population);
  const further = bracketOf({ problem, rungs }, population - elites);
  return effortOf((index) => (index === 0 ? first : further), trials);
}

/** Number of trials of so many generations; with rungs at most. null: as many as the budget allows. */
function mostTrialsOf(problem: Problem, options: GeneticOptions, { generations }: SearchBudget): number | null {
  if (generations === undefined) return null;
  const { population, elites, rungs } = options;
  const further = (generations - 1) * (population - elites);
  if (!rungs) return population + further;
  if (fidelityViolations(problem, rungs).length > 0) return null;
  const trialsOf = (individuals: number): number => bracketOf({ problem, rungs }, individuals).trials.reduce((sum, each) => sum + each, 0);
  return trialsOf(population) + (generations - 1) * trialsOf(population - elites);
}

function newIndividuals(
  problem: Problem,
  options: GeneticOptions,
  state: GeneticState,
  { firstSlot, slots, stream }: { readonly firstSlot: number; readonly slots: number; readonly stream: SuggestionRequest['stream'] },
): Suggestion[] {
  if (options.variation === 'real') return realIndividuals(problem, options, state, { firstSlot, slots, stream });
  return Array.from({ length: slots }, (_, index) => individual(problem, options, state, firstSlot + index, stream));
}

function individual(
  problem: Problem,
  options: GeneticOptions,
  state: GeneticState,
  slot: number,
  stream: SuggestionRequest['stream'],
): Suggestion {
  const layout = genomeLayout(problem.space, options.bits);
  const origin = state.generation === 0 ? founder(layout, slot, stream) : child(problem, options, state, layout, slot, stream);
  return { parameters: decodeGenome(problem.space, layout, origin.genome), origin };
}

function founder(layout: GenomeLayout, slot: number, stream: SuggestionRequest['stream']) {
  return { sampler: 'genetic', generation: 0, slot, genome: randomGenome(genomeLength(layout), stream('founder', slot)) };
}

function child(
  problem: Problem,
  options: GeneticOptions,
  state: GeneticState,
  layout: GenomeLayout,
  slot: number,
  stream: SuggestionRequest['stream'],
) {
  const { generation } = state;
  const [first, second] = parentsOf(problem, options, state)(stream('parents', generation, slot));
  const { genome, cut, mirrored } = crossover(layout, [bitsOf(first), bitsOf(second)], stream('crossover', generation, slot));
  const flippedBits = mutatedBits(genome.length, options.mutation, stream('mutation', generation, slot));
  return {
    sampler: 'genetic',
    generation,
    slot,
    genome: flip(genome, flippedBits),
    parents: mirrored ? [second.trial, first.trial] : [first.trial, second.trial],
    cut,
    flippedBits,
  };
}

function bitsOf({ genome }: Individual): string {
  invariant(typeof genome === 'string', 'members of a search over bits have genomes of bits');
  return genome;
}
