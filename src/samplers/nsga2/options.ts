import { z } from 'zod';
import { crossoverOptionsSchema, mutationOptionsSchema } from '../variation/options.ts';

export const nsga2OptionsSchema = z
  .strictObject({
    type: z.literal('nsga2'),
    population: z.int().min(4).max(1000).default(20).describe('Number of trials in a generation, and of those that survive it.'),
    crossover: crossoverOptionsSchema.prefault({}),
    mutation: mutationOptionsSchema.prefault({}),
  })
  .meta({
    id: 'Nsga2Sampler',
    description:
      'NSGA-II: a genetic algorithm for several metrics. Trials survive by non-dominated front, then by the distance to their neighbours in it.',
  });

export type Nsga2Options = z.output<typeof nsga2OptionsSchema>;
