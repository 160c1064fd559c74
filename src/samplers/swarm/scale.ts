import type { NoteScaled, SearchBudget } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import type { SwarmOptions } from './options.ts';

/** Least sizes at which there are informants, and moves. */
const least = { particles: 4, generations: 2 };

/** Particles and generations shrink by the square root of the factor each, so that trials shrink by the factor. */
export function scaledSwarm<Budget extends SearchBudget>(options: SwarmOptions, budget: Budget, factor: number, note: NoteScaled) {
  const side = Math.sqrt(factor);
  const particles = note('particles', options.particles, shrunk(options.particles, side, least.particles));
  const { generations } = budget;
  const fewer =
    generations === undefined ? {} : { generations: note('generations', generations, shrunk(generations, side, least.generations)) };
  return { options: { ...options, particles }, budget: { ...budget, ...fewer } };
}
