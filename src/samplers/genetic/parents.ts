import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Problem } from '../contract.ts';
import { tournamentParents } from '../variation/tournament.ts';
import { defaultTournamentSize, type GeneticOptions } from './options.ts';
import { drawParents, fitnessOf, selectionWeights } from './selection.ts';
import { type GeneticState, type Individual, ranked } from './state.ts';

/** Two different parents of the closed population, by the selection of the options. */
export function parentsOf(
  problem: Problem,
  options: GeneticOptions,
  { population }: GeneticState,
  stream: RandomStream,
): readonly [Individual, Individual] {
  const [first, second] =
    options.selection === 'tournament'
      ? byTournament(problem, options, population, stream)
      : byFitness(problem, options, population, stream);
  invariant(first && second, 'parents are members of the population');
  return [first, second];
}

/** A tournament ranks its members as elites are ranked: ties go to the lower trial number. */
function byTournament({ direction }: Problem, { tournamentSize }: GeneticOptions, population: readonly Individual[], stream: RandomStream) {
  const order = ranked(direction, population);
  return tournamentParents(order.length, tournamentSize ?? defaultTournamentSize, stream).map((place) => order[place]);
}

function byFitness(problem: Problem, options: GeneticOptions, population: readonly Individual[], stream: RandomStream) {
  const fitness = fitnessOf(
    problem.direction,
    population.map((member) => member.value),
  );
  return drawParents(selectionWeights(fitness, options.selectionExponent), stream).map((index) => population[index]);
}
