import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import { mostGeneBits } from '../../space/genome.ts';
import { allNames } from '../../space/pointers.ts';
import { parameterNameSchema } from '../../space/schema.ts';
import type { Problem } from '../contract.ts';

const mutationSchema = z
  .strictObject({
    probability: z.number().min(0).max(1).default(0.3).describe('Chance that a child is mutated.'),
    kind: describedEnum(['one-bit', 'each-bit'], {
      'one-bit': 'a mutation flips one uniformly chosen bit.',
      'each-bit': 'a mutation flips each bit with its own chance.',
    }).default('one-bit'),
    bitProbability: z.number().min(0).max(1).default(0.03).describe('Chance of each bit where the kind is each-bit.'),
  })
  .meta({ id: 'Mutation', description: 'The mutation of children.' });

export const geneticOptionsSchema = z
  .strictObject({
    type: z.literal('genetic'),
    population: z.int().min(2).max(1000).default(20).describe('Individuals in a generation, elites included.'),
    elites: z.int().min(0).max(999).default(1).describe('Number of best individuals that survive without another evaluation.'),
    selectionExponent: z.number().min(0).max(64).default(2).describe('k in P(parent) ∝ fitness^k; 0 draws uniformly.'),
    mutation: mutationSchema.prefault({}),
    bits: z
      .record(parameterNameSchema, z.int().min(1).max(mostGeneBits))
      .default({})
      .describe(
        'Number of bits of a gene by parameter name. Default: as many as its values need, or 16 for a continuous parameter. Fewer bits leave some values out.',
      ),
  })
  .meta({
    id: 'GeneticSampler',
    description: 'A genetic algorithm over binary genomes: selection by fitness, one-point crossover between genes, mutation of bits.',
  });

export type GeneticOptions = z.output<typeof geneticOptionsSchema>;

export function geneticViolations(problem: Problem, options: GeneticOptions): CrossViolation[] {
  const names = new Set(problem.space.map((parameter) => parameter.name));
  const unknown = Object.keys(options.bits).filter((name) => !names.has(name));
  const violations: CrossViolation[] = unknown.map((name) => ({
    pointer: `/bits/${name}`,
    detail: `the search space has no parameter named ${name}`,
    from: [allNames],
  }));
  if (options.elites < options.population) return violations;
  const detail = `must be less than the population (${options.population}), got ${options.elites}`;
  return [...violations, { pointer: '/elites', detail, from: ['/sampler/population'] }];
}
