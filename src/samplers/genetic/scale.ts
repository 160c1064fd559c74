import type { NoteScaled, SearchBudget } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import type { GeneticOptions } from './options.ts';

/** Least sizes at which there are parents to choose from, and children of them. */
const least = { population: 4, generations: 2 };

/** Population and generations shrink by the square root of the factor each, so that trials shrink by the factor. The share of elites stays. */
export function scaledSearch<Budget extends SearchBudget>(options: GeneticOptions, budget: Budget, factor: number, note: NoteScaled) {
  const side = Math.sqrt(factor);
  const population = note('population', options.population, shrunk(options.population, side, least.population));
  const share = Math.floor((population * options.elites) / options.population);
  const elites = note('elites', options.elites, Math.min(options.elites, Math.max(1, share)));
  const { generations } = budget;
  const fewer =
    generations === undefined ? {} : { generations: note('generations', generations, shrunk(generations, side, least.generations)) };
  return { options: { ...options, population, elites }, budget: { ...budget, ...fewer } };
}
