import { z } from 'zod';
import type { SearchSpace } from '../../space/schema.ts';
import type { Problem } from '../contract.ts';
import { geometryOf } from './dimensions.ts';
import { defaultPopulation } from './strategy.ts';

export const cmaEsOptionsSchema = z
  .strictObject({
    type: z.literal('cma-es'),
    population: z
      .int()
      .min(4)
      .max(1000)
      .optional()
      .describe('Trials of a generation. Default: 4 + ⌊3 · ln n⌋ for n parameters that have more than one value.'),
    sigma: z
      .number()
      .min(0.001)
      .max(1)
      .default(0.2)
      .describe('Standard deviation of the first generation in each number, as a share of its range on its scale.'),
    restarts: z.boolean().default(true).describe('Starts again elsewhere, with twice the population, when the search has converged.'),
    learningRateAdaptation: z
      .boolean()
      .default(false)
      .describe('Takes shorter steps where results are noisy or the objective has many optima: more robust, but slower.'),
  })
  .meta({
    id: 'CmaEsSampler',
    description:
      'CMA-ES: draws generations from a normal distribution that adapts its mean, step size and covariance to the best trials; whole numbers and steps keep a margin, choices have probabilities of their own.',
  });

export type CmaEsOptions = z.output<typeof cmaEsOptionsSchema>;

/** The options with the population that a space has by default. */
export function withPopulation(options: CmaEsOptions, { space }: Problem): CmaEsOptions {
  return { ...options, population: populationOf(options, space) };
}

/** The population of the first start. */
export function populationOf({ population }: CmaEsOptions, space: SearchSpace): number {
  const { numeric, choices } = geometryOf(space);
  return population ?? defaultPopulation(numeric.length + choices.length);
}
