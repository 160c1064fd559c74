import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import { mostGeneBits } from '../../space/genome.ts';
import { allNames, rangePointers } from '../../space/pointers.ts';
import { parameterNameSchema } from '../../space/schema.ts';
import type { Problem } from '../contract.ts';
import { fidelityOf, fidelitySchema, fidelityViolations, mostSteps, withFidelity } from '../rungs/fidelity.ts';
import { crossoverOptionsSchema, mutationOptionsSchema, pinnedMutation, type RealVariation } from '../variation/options.ts';

/**
 * Members of a tournament where the options do not say. With real genomes on the sets 16, 32 and 48 of `npm run bench:regret` (one seed), the log10 of the
 * regret was lower than with 3 by 0.05 after 70 trials and 0.13 after 300, and than with 2 by 0.13 and 0.42.
 */
export const defaultTournamentSize = 5;

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

const variationSchema = describedEnum(['bits', 'real'], {
  bits: 'children are made of bits, as in the paper: one-point crossover between genes, mutation of bits.',
  real: 'children are made of numbers and choices: simulated binary crossover, polynomial mutation; no known configuration again.',
});
const selectionSchema = describedEnum(['fitness', 'tournament'], {
  fitness: 'parents are drawn with P ∝ fitness^k, as in the paper.',
  tournament: 'a parent is the best of a few members that are drawn uniformly.',
});

const promotionSchema = describedEnum(['generation', 'search'], {
  generation: 'the best 1/η of those that the generation measured at the rung; the last value of an individual is its fitness.',
  search: 'those among the best 1/η of all results that the search has had at the rung; the best value of an individual is its fitness.',
});

const rungsSchema = z
  .strictObject({
    fidelity: fidelitySchema,
    minSteps: z.int().min(1).max(1_000_000_000).default(1).describe('Steps of the first rung.'),
    reductionFactor: z.int().min(2).max(100).default(3).describe('η: the best 1/η of each rung continue, with η times the steps.'),
    stepFactor: z.int().min(2).max(100).optional().describe('Ratio of the steps of two rungs. Default: η.'),
    promotion: promotionSchema.optional().describe('Which individuals continue from a rung. Default: generation.'),
  })
  .meta({ id: 'GeneticRungs', description: 'Rungs within a generation: individuals are measured with few steps first.' });
export type GeneticRungs = z.output<typeof rungsSchema>;

/** The paper's method needs none of the fields that are optional: absent, they keep the meaning of definitions that were stored without them. */
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
    variation: variationSchema.optional().describe('How children are made. Default: bits; mutation and bits apply to it only.'),
    selection: selectionSchema.optional().describe('How parents are chosen. Default: fitness; selectionExponent applies to it only.'),
    tournamentSize: z.int().min(2).max(100).optional().describe(`Members of a tournament. Default: ${defaultTournamentSize}.`),
    realCrossover: crossoverOptionsSchema.optional().describe('The crossover of the variation real.'),
    realMutation: mutationOptionsSchema.optional().describe('The mutation of the variation real.'),
    rungs: rungsSchema
      .optional()
      .describe(
        'Measures the new individuals of a generation with few steps first, and goes on with the best. The others keep their last value as fitness. Default: each individual gets all the steps that it asks for.',
      ),
  })
  .meta({
    id: 'GeneticSampler',
    description:
      'A genetic algorithm. By default over binary genomes: selection by fitness, one-point crossover between genes, mutation of bits.',
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
  violations.push(...uselessOptions(options), ...(options.rungs ? rungViolations(problem, options.rungs) : []));
  if (options.elites < options.population) return violations;
  const detail = `must be less than the population (${options.population}), got ${options.elites}`;
  return [...violations, { pointer: '/elites', detail, from: ['/sampler/population'] }];
}

function rungViolations(problem: Problem, rungs: GeneticRungs): CrossViolation[] {
  const wrong = fidelityViolations(problem, rungs).map((violation) => ({ ...violation, pointer: `/rungs${violation.pointer}` }));
  if (wrong.length > 0) return wrong;
  const fidelity = fidelityOf(problem, rungs);
  const most = mostSteps(fidelity);
  if (rungs.minSteps < most) return [];
  const detail = `must be below the most steps of ${fidelity.name} (${most}), got ${rungs.minSteps}: there would be one rung`;
  return [{ pointer: '/rungs/minSteps', detail, from: rangePointers(problem.space.indexOf(fidelity)) }];
}

/** Options of a method that the others do not choose. */
function uselessOptions({ variation, selection, tournamentSize, realCrossover, realMutation }: GeneticOptions): CrossViolation[] {
  const needing = (field: string, value: unknown, method: 'variation' | 'selection', needed: string, chosen: string | undefined) =>
    value === undefined || chosen === needed
      ? []
      : [{ pointer: `/${field}`, detail: `has a meaning only where ${method} is ${needed}`, from: [`/sampler/${method}`] }];
  return [
    ...needing('tournamentSize', tournamentSize, 'selection', 'tournament', selection),
    ...needing('realCrossover', realCrossover, 'variation', 'real', variation),
    ...needing('realMutation', realMutation, 'variation', 'real', variation),
  ];
}

/** The options of a new study: the defaults of the methods that it chose are named. Those of the paper's method stay out. */
export function pinnedOptions(options: GeneticOptions, problem: Problem): GeneticOptions {
  const { space } = problem;
  const { crossover, mutation } = realVariationOf(options);
  return {
    ...options,
    ...(options.selection === 'tournament' && { tournamentSize: options.tournamentSize ?? defaultTournamentSize }),
    ...(options.variation === 'real' && { realCrossover: crossover, realMutation: pinnedMutation(space, mutation) }),
    ...(options.rungs && { rungs: withFidelity(problem, options.rungs) }),
  };
}

/** The variation of real genomes, with its defaults. */
export function realVariationOf({ realCrossover, realMutation }: GeneticOptions): RealVariation {
  return { crossover: realCrossover ?? crossoverOptionsSchema.parse({}), mutation: realMutation ?? mutationOptionsSchema.parse({}) };
}
