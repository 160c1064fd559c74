import { z } from 'zod';
import { counted } from '../../shared/counted.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import { allNames, rangePointers } from '../../space/pointers.ts';
import { parameterNameSchema, type SearchSpace } from '../../space/schema.ts';
import type { Problem } from '../contract.ts';
import { fidelityOf, fidelitySchema, fidelityViolations, mostSteps, spaceWithout } from '../rungs/fidelity.ts';
import { roundsAtMost, roundsOf } from './rounds.ts';

/** Most rounds of a search: a trial names all changes on its way. */
export const mostRounds = 1000;
/** Most trials: the state of the search has the changes of all members. */
const mostTrials = 100_000;
/** Rounds of a search that leaves `interval` open. */
const usualRounds = 10;

export const pbtOptionsSchema = z
  .strictObject({
    type: z.literal('pbt'),
    population: z.int().min(4).max(1000).default(20).describe('Members, each a training that goes on from round to round.'),
    fidelity: fidelitySchema,
    interval: z
      .int()
      .min(1)
      .optional()
      .describe('Steps of a round, between two selections. Default: a tenth of the most steps, rounded, at least 1.'),
    share: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.2)
      .describe('Share of the members that copy another one after each round: the worst, each from one of as many of the best.'),
    perturbation: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.2)
      .describe(
        'Share by which a copied number grows or shrinks. On a linear scale it moves by at least a tenth of this share of the range. A choice stays.',
      ),
    resample: z
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe('Chance, for each copied value, to be drawn anew from its range instead; the only way in which a choice changes.'),
    changes: z
      .array(parameterNameSchema)
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Parameters that change when a member copies another; it takes all others as they are. Default: all that the objective can change on the way.',
      ),
  })
  .meta({
    id: 'PbtSampler',
    description:
      'Trains a population together; after each round the worst members copy the best, with changed values, and go on from there.',
  });
export type PbtOptions = z.output<typeof pbtOptionsSchema>;

/** The options of a new study: the steps of a round and the parameters that change are named. */
export function pinnedPbt(options: PbtOptions, problem: Problem): PbtOptions {
  if (fidelityViolations(problem, options).length > 0) return options;
  const fidelity = fidelityOf(problem, options);
  const interval = intervalOf(problem, options);
  const changes = changesOf(problem, options);
  return { ...options, fidelity: fidelity.name, interval, ...(changes.length > 0 && { changes }) };
}

/** Names of the parameters that change when a member copies another. */
export function changesOf(problem: Problem, options: PbtOptions): string[] {
  return options.changes ?? mayChange(problem, options);
}

/** Parameters that exist in both configurations alike, and that the objective can change. */
function mayChange(problem: Problem, options: PbtOptions): string[] {
  const { changeable } = problem;
  const inner = spaceWithout(problem.space, fidelityOf(problem, options));
  const names = inner.filter(({ name }) => !decidesOnOthers(inner, name)).map(({ name }) => name);
  return changeable ? names.filter((name) => changeable.includes(name)) : names;
}

function decidesOnOthers(space: SearchSpace, name: string): boolean {
  return space.some(({ when }) => when?.parameter === name);
}

/** Pointers are into the options. */
export function pbtViolations(problem: Problem, options: PbtOptions): CrossViolation[] {
  const wrong = fidelityViolations(problem, options);
  if (wrong.length > 0) return wrong;
  return [...roundViolations(problem, options), ...changeViolations(problem, options), ...resampleViolations(problem, options)];
}

function roundViolations(problem: Problem, options: PbtOptions): CrossViolation[] {
  const fidelity = fidelityOf(problem, options);
  const { name } = fidelity;
  const most = mostSteps(fidelity);
  const rounds = roundsAtMost(fidelity, intervalOf(problem, options));
  const from = rangePointers(problem.space.indexOf(fidelity));
  const at = (detail: string): CrossViolation[] => [{ pointer: '/interval', detail, from }];
  if (rounds > mostRounds)
    return at(
      `gives ${rounds} rounds, and at most ${mostRounds} are possible: take an interval of at least ${Math.ceil(most / mostRounds)}`,
    );
  const trials = rounds * options.population;
  if (trials > mostTrials) {
    const detail = `gives up to ${trials} trials in ${rounds} rounds, and at most ${mostTrials} are possible: take fewer members, or a longer interval`;
    return [{ pointer: '/population', detail, from }];
  }
  if (roundsOf(fidelity, intervalOf(problem, options)).length > 1) return [];
  const shorter = most > 1 ? `take an interval below ${most}, or ` : '';
  return at(`leaves one round, of ${counted(most, 'step')}, after which no member copies another: ${shorter}raise the high of ${name}`);
}

function changeViolations(problem: Problem, options: PbtOptions): CrossViolation[] {
  const able = mayChange(problem, options);
  const from = ['/objective', allNames];
  const { changeable } = problem;
  const missing = changeable ? `add ${changeable.join(' or ')} to the search space` : 'add a parameter that no other depends on';
  if (!options.changes && able.length === 0) {
    const detail = `must name a parameter that can change while a trial runs, and the search space has none: ${missing}`;
    return [{ pointer: '/changes', detail, from }];
  }
  const remedy = able.length > 0 ? `name only ${able.join(', ')}, or leave changes out` : missing;
  return (options.changes ?? []).flatMap((name, place) =>
    able.includes(name) ? [] : [{ pointer: `/changes/${place}`, detail: `${unchangeable(problem, options, name)}: ${remedy}`, from }],
  );
}

/** Choices change by being drawn anew alone. */
function resampleViolations(problem: Problem, options: PbtOptions): CrossViolation[] {
  const changes = changesOf(problem, options);
  const changing = problem.space.filter(({ name }) => changes.includes(name));
  if (options.resample > 0 || changing.length === 0 || changing.some(({ type }) => type !== 'categorical')) return [];
  const detail = `must be above 0, because only choices may change (${changes.join(', ')}), and these change by being drawn anew`;
  return [{ pointer: '/resample', detail, from: ['/changes', allNames] }];
}

/** The reason for which a parameter cannot change. */
function unchangeable(problem: Problem, options: PbtOptions, name: string): string {
  const { space } = problem;
  if (!space.some((parameter) => parameter.name === name)) return `the search space has no parameter named ${name}`;
  const cannot = `${name} cannot change while a trial runs`;
  if (name === fidelityOf(problem, options).name) return `${cannot}, because it sets the number of steps`;
  return `${cannot}, because ${decidesOnOthers(space, name) ? 'other parameters depend on it' : 'the objective needs one value of it'}`;
}

/** Steps of a round. */
export function intervalOf(problem: Problem, options: PbtOptions): number {
  return options.interval ?? Math.max(1, Math.round(mostSteps(fidelityOf(problem, options)) / usualRounds));
}
