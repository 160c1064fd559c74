import { z } from 'zod';
import type { SearchSpace } from '../../space/schema.ts';

const distributionIndex = z.number().min(0).max(200);

export const crossoverOptionsSchema = z
  .strictObject({
    probability: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe('Chance that a child has two parents; otherwise it begins as a copy of one.'),
    distributionIndex: distributionIndex
      .default(15)
      .describe('η of the simulated binary crossover: the larger it is, the closer numbers of a child are to those of a parent.'),
  })
  .meta({
    id: 'RealCrossover',
    description: 'The crossover of configurations: numbers are recombined, choices are taken from either parent.',
  });

export const mutationOptionsSchema = z
  .strictObject({
    probability: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Chance of each parameter that it is mutated. Default: 1 divided by the number of parameters.'),
    distributionIndex: distributionIndex
      .default(20)
      .describe('η of the polynomial mutation: the larger it is, the smaller the change of a number.'),
  })
  .meta({ id: 'RealMutation', description: 'The mutation of configurations: numbers are moved, choices are drawn anew.' });

/** How children are made of their parents. */
export interface RealVariation {
  readonly crossover: z.output<typeof crossoverOptionsSchema>;
  readonly mutation: z.output<typeof mutationOptionsSchema>;
}

/** The chance of each parameter that it is mutated. */
export function mutationChance(space: SearchSpace, { probability }: RealVariation['mutation']): number {
  return probability ?? 1 / space.length;
}

/** The mutation of a new study: the chance that its space decides is named. */
export function pinnedMutation(space: SearchSpace, mutation: RealVariation['mutation']): RealVariation['mutation'] {
  return { ...mutation, probability: mutationChance(space, mutation) };
}
