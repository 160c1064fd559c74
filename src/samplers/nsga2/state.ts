import { z } from 'zod';
import { bestRanked } from '../../pareto/order.ts';
import { digestOf } from '../../shared/digest.ts';
import { invariant } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import { parameterNameSchema, parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import { cardinality } from '../../space/unit-cube.ts';
import type { Problem } from '../contract.ts';
import { isStopped, type Observation, type Outcome, stopMark } from '../observation.ts';
import { ranked } from '../ranked.ts';
import { directionsOf, orientedValues } from '../several-metrics.ts';
import { latentSchema } from '../variation/genome.ts';
import type { Nsga2Options } from './options.ts';

const survivorSchema = z.strictObject({
  trial: z.int().min(0),
  parameters: z.record(parameterNameSchema, parameterValueSchema),
  /** Coordinates of parameters that do not exist in the configuration. Absent: none is known. */
  latent: latentSchema.optional(),
  /** The metrics in the order of the study; null if the trial failed. */
  values: z.array(z.number()).min(1).nullable(),
  /** Absent: the study has no constraints. */
  violation: z.number().min(0).optional(),
  /** Step after which it was stopped early; absent: it was not. */
  prunedAt: z.int().min(1).optional(),
  /** True if it survived an earlier generation as well. */
  elite: z.boolean(),
});

/** A trial that survived. */
export type Survivor = z.output<typeof survivorSchema>;

export const nsga2StateSchema = z.strictObject({
  version: z.literal(1),
  /** The generation being evaluated, from 0. */
  generation: z.int().min(0),
  /** Index of the first suggestion of that generation. */
  firstTrial: z.int().min(0),
  /** The survivors of the generation closed last, best first: by front, crowding distance and trial number. */
  population: z.array(survivorSchema),
  /** Marks of the configurations tried last, the newest last: only for spaces in which a configuration may come up again by chance. */
  tried: z.array(z.string()),
});

export type Nsga2State = z.output<typeof nsga2StateSchema>;

/** Configurations that are remembered. */
const mostTried = 2000;

/** The place of a suggestion in its origin; `closeGeneration` reads it. */
const placeSchema = z.looseObject({ generation: z.int().min(0), slot: z.int().min(0) });

/**
 * Closes the generation being evaluated: the best of its trials, of given ones and of the population survive.
 *
 * @throws Error if a trial is not of that generation, as in a modified document
 */
export function closeGeneration(
  problem: Problem,
  options: Nsga2Options,
  state: Nsga2State,
  observations: readonly Observation[],
): Nsga2State {
  const members = observations.filter(({ index }) => index !== null);
  for (const [place, { number, origin }] of members.entries()) {
    const { generation, slot } = placeSchema.parse(origin);
    invariant(generation === state.generation && slot === place, `trial ${number} is not individual ${place} of this generation`);
  }
  const parents = state.population.map((survivor) => ({ ...survivor, elite: true }));
  return {
    version: 1,
    generation: state.generation + 1,
    firstTrial: state.firstTrial + members.length,
    population: best(problem, [...parents, ...observations.map(observed)], options.population),
    tried: mayRecur(problem.space) ? [...state.tried, ...observations.map(({ parameters }) => markOf(parameters))].slice(-mostTried) : [],
  };
}

/** Identifies a configuration in the state: 40 bits of its digest. */
export function markOf(parameters: Configuration): string {
  return digestOf(parameters).slice(0, 10);
}

/**
 * The best members, best first: completed ones by front and crowding distance, then those that were stopped early (in a study with one metric)
 * as `ranked.ts` orders them, then those that failed; ties go to the lower trial number.
 */
function best(problem: Problem, members: readonly Survivor[], count: number): Survivor[] {
  const stopped = members.filter((member) => isStopped(outcomeOf(member)));
  if (stopped.length === 0) return bestByFront(problem, members, count);
  const completed = members.filter(({ values, prunedAt }) => values !== null && prunedAt === undefined);
  const failed = members.filter(({ values }) => values === null);
  const behind = ranked(
    problem.direction,
    [...stopped, ...failed].map((member) => ({ ...outcomeOf(member), member })),
    ({ member }) => member.trial,
  );
  return [...bestByFront(problem, completed, count), ...behind.map(({ member }) => member)].slice(0, count);
}

function outcomeOf({ values, prunedAt }: Survivor): Outcome {
  return { value: values?.[0] ?? null, prunedAt };
}

function bestByFront(problem: Problem, members: readonly Survivor[], count: number): Survivor[] {
  const directions = directionsOf(problem);
  const byNumber = members.toSorted((one, other) => one.trial - other.trial);
  const candidates = byNumber.map(({ values, violation }) => ({
    values: values && orientedValues(directions, values),
    ...(violation !== undefined && { violation }),
  }));
  return bestRanked(candidates, count).flatMap(({ index }) => byNumber[index] ?? []);
}

function observed(observation: Observation): Survivor {
  const { number, parameters, origin, value, values, violation } = observation;
  const latent = origin['latent'];
  return {
    trial: number,
    parameters,
    ...(latent !== undefined && { latent: latentSchema.parse(latent) }),
    values: value === null ? null : [...(values ?? [value])],
    ...(violation !== undefined && { violation }),
    ...stopMark(observation),
    elite: false,
  };
}

/** False if some number that every configuration has is continuous: then two configurations are equal only if one is a copy. */
function mayRecur(space: SearchSpace): boolean {
  return space.every((parameter) => parameter.when !== undefined || Number.isFinite(cardinality(parameter)));
}
