import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import type { Problem } from '../contract.ts';
import { isBeyondLimits } from '../observation.ts';
import { tournamentParents } from '../variation/tournament.ts';
import { defaultTournamentSize, type GeneticOptions } from './options.ts';
import { drawParents, fitnessOf, selectionWeights } from './selection.ts';
import { type GeneticState, type Individual, rankedMembers } from './state.ts';

/** Draws two different parents of the closed population, by the selection of the options. */
export type DrawParents = (stream: RandomStream) => readonly [Individual, Individual];

/** The draw of parents of a generation: the population is ranked once. */
export function parentsOf(problem: Problem, options: GeneticOptions, { population }: GeneticState): DrawParents {
  const draw = options.selection === 'tournament' ? byTournament(problem, options, population) : byFitness(problem, options, population);
  return (stream) => {
    const [first, second] = draw(stream);
    invariant(first && second, 'parents are members of the population');
    return [first, second];
  };
}

/** A tournament ranks its members as elites are ranked: ties go to the lower trial number. */
function byTournament({ direction }: Problem, { tournamentSize }: GeneticOptions, population: readonly Individual[]) {
  const order = rankedMembers(direction, population);
  return (stream: RandomStream) =>
    tournamentParents(order.length, tournamentSize ?? defaultTournamentSize, stream).map((place) => order[place]);
}

function byFitness({ direction }: Problem, { selectionExponent }: GeneticOptions, population: readonly Individual[]) {
  const fitness = fitnessOf(
    direction,
    population.map((member) => (isBeyondLimits(member) ? null : member.value)),
  );
  const weights = selectionWeights(fitness, selectionExponent);
  return (stream: RandomStream) => drawParents(weights, stream).map((index) => population[index]);
}
