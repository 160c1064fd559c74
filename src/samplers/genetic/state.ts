import { z } from 'zod';
import { encodeGenome, genomeLayout } from '../../space/genome.ts';
import { parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import type { Direction, Problem } from '../contract.ts';
import { isBeyondLimits, type Observation, stopMark } from '../observation.ts';
import { ranked } from '../ranked.ts';
import { latentSchema, realGenome } from '../variation/genome.ts';
import type { GeneticOptions } from './options.ts';

/** Bits, or coordinates of the unit cube where the variation is real (`RealGenome`). */
const genomeSchema = z.union([z.string().regex(/^[01]+$/), z.array(z.number().min(0).max(1).nullable())]);

const individualSchema = z.strictObject({
  trial: z.int().min(0),
  genome: genomeSchema,
  value: z.number().nullable(),
  /** Of a member beyond a limit of the study. */
  violation: z.number().positive().optional(),
  /** Of a member that was stopped early: the step after which it was. `value` is the one after that step. */
  prunedAt: z.int().min(1).optional(),
  /** Of a member whose value is that of a rung before its last step: the steps after which it had that value. Its genome asks for more. */
  reached: z.int().min(1).optional(),
  elite: z.boolean(),
});

/** A member of a generation. `elite`: it was evaluated in an earlier generation and lives on. */
export type Individual = z.output<typeof individualSchema>;

const resultSchema = individualSchema.pick({ trial: true, value: true, violation: true, prunedAt: true });

const candidateSchema = individualSchema.omit({ elite: true, reached: true }).extend({
  /** With the steps that its genome asks for. */
  parameters: z.record(z.string(), parameterValueSchema),
  /** Steps of its last trial. */
  steps: z.int().min(1),
  /** With the promotion `search`: its best result, if that is of an earlier rung than the last one. */
  best: resultSchema.extend({ steps: z.int().min(1) }).optional(),
});

/** A new individual while its generation is measured at rungs. */
export type Candidate = z.output<typeof candidateSchema>;

const cohortSchema = z.strictObject({
  /** The rung being measured, from 1: the first one has no cohort yet. */
  rung: z.int().min(1),
  /** Index of its first suggestion. */
  firstIndex: z.int().min(0),
  /** The new individuals of the generation, by slot, and then its guests. */
  members: z.array(candidateSchema),
  /** Places among them of those that go on, the best first. */
  promoted: z.array(z.int().min(0)),
});

const recordedSchema = z.strictObject({ value: z.number(), violation: z.number().positive().optional() });

/** A result of a rung. */
export type Recorded = z.output<typeof recordedSchema>;

export const geneticStateSchema = z.strictObject({
  version: z.literal(1),
  /** The generation being evaluated, from 0. */
  generation: z.int().min(0),
  /** Index of the first suggestion of that generation. */
  firstTrial: z.int().min(0),
  /** The generation closed last, elites first by rank, then the children and guests by trial number; empty before the first closes. */
  population: z.array(individualSchema),
  /** With the promotion `search`: results of each rung, from the first one on, the latest last. A result that came up again is kept once. */
  record: z.array(z.array(recordedSchema)).optional(),
  /** In a search with rungs, once the first rung of the generation is measured. */
  cohort: cohortSchema.optional(),
});

export type GeneticState = z.output<typeof geneticStateSchema>;

/** Members ranked best first. */
export function rankedMembers(direction: Direction, population: readonly Individual[]): Individual[] {
  return ranked(direction, population, ({ trial }) => trial);
}

/** The best of the last population, marked as elites. */
export function elitesOf(direction: Direction, options: GeneticOptions, population: readonly Individual[]): Individual[] {
  return rankedMembers(direction, population)
    .slice(0, options.elites)
    .map((individual) => ({ ...individual, elite: true }));
}

/** New trials in the generation being evaluated. */
export function childrenWanted(options: GeneticOptions, state: GeneticState): number {
  return state.generation === 0 ? options.population : options.population - options.elites;
}

/**
 * Closes the generation being evaluated: its elites and its evaluated members become the population. Given trials among the
 * observations are guests: they join the population beside its children, and the next one has as many children as ever.
 */
export function closeGeneration(
  { direction, space }: Problem,
  options: GeneticOptions,
  state: GeneticState,
  observations: readonly Observation[],
): GeneticState {
  const members = observations.map((observation) => ({
    ...resultOf(observation),
    genome: genomeOf(space, options, observation),
    elite: false,
  }));
  const firstTrial = state.firstTrial + observations.filter(({ index }) => index !== null).length;
  return nextGeneration(direction, options, state, { members, firstTrial });
}

/** The state after a generation with these members. @param closed `firstTrial`: index of the first suggestion of the next one */
export function nextGeneration(
  direction: Direction,
  options: GeneticOptions,
  { generation, population, record }: GeneticState,
  { members, firstTrial }: { readonly members: readonly Individual[]; readonly firstTrial: number },
): GeneticState {
  const elites = elitesOf(direction, options, population);
  return { version: 1, generation: generation + 1, firstTrial, population: [...elites, ...members], ...(record && { record }) };
}

/** The result of a trial, as a member keeps it. */
export function resultOf(observation: Observation): Pick<Individual, 'trial' | 'value' | 'violation' | 'prunedAt'> {
  const { number, value } = observation;
  const beyond = isBeyondLimits(observation) && { violation: observation.violation };
  return { trial: number, value, ...beyond, ...stopMark(observation) };
}

/** The genome of a finished trial. A given trial has no origin: its genome is made of its parameters. */
export function genomeOf(
  space: SearchSpace,
  options: GeneticOptions,
  { index, parameters, origin }: Pick<Observation, 'index' | 'parameters' | 'origin'>,
): Individual['genome'] {
  if (options.variation === 'real') return [...realGenome(space, { parameters, latent: latentSchema.parse(origin['latent'] ?? {}) })];
  return index === null ? encodeGenome(space, genomeLayout(space, options.bits), parameters) : genomeSchema.parse(origin['genome']);
}
