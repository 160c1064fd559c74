import type { NoteScaled, SearchBudget } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import type { Nsga2Options } from './options.ts';

/** Least sizes at which there are parents to choose from, and children of them. */
const least = { population: 8, generations: 2 };

/** Population and generations shrink by the square root of the factor each, so that trials shrink by the factor. */
export function scaledSearch<Budget extends SearchBudget>(options: Nsga2Options, budget: Budget, factor: number, note: NoteScaled) {
  const side = Math.sqrt(factor);
  const population = note('population', options.population, shrunk(options.population, side, least.population));
  const { generations } = budget;
  const fewer =
    generations === undefined ? {} : { generations: note('generations', generations, shrunk(generations, side, least.generations)) };
  return { options: { ...options, population }, budget: { ...budget, ...fewer } };
}
