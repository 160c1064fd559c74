import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import type { IntParameter } from '../../space/schema.ts';
import type { Observation, Problem, Suggestion } from '../contract.ts';
import { continuedBy } from '../origin.ts';
import { ranked } from '../ranked.ts';
import { type Bracket, levelsFrom } from '../rungs/brackets.ts';
import { fidelityOf, mostSteps, stepsOf, withSteps } from '../rungs/fidelity.ts';
import type { GeneticOptions, GeneticRungs } from './options.ts';
import { type Candidate, type GeneticState, genomeOf, type Individual, nextGeneration, resultOf } from './state.ts';

/**
 * Rungs within a generation: its new individuals are measured with `minSteps` steps, the best of them, one of `reductionFactor`, with so many times
 * as many, and so on; none with more than its genome asks for. A generation is closed when no individual goes on. An individual that does not go on keeps
 * its last value as fitness, so that selection and elites are as without rungs; a trial of a rung has the steps of that rung among its parameters.
 */
interface Rungs {
  readonly options: GeneticOptions;
  readonly rungs: GeneticRungs;
  readonly problem: Problem;
}

/** A new individual at the first rung. */
export function atFirstRung({ problem, rungs }: Rungs, { parameters, origin }: Suggestion): Suggestion {
  const fidelity = fidelityOf(problem, rungs);
  const steps = stepsOf(fidelity, parameters);
  const first = Math.min(steps, stepsAt(fidelity, rungs, 0));
  return { parameters: withSteps(problem.space, fidelity, parameters, first), origin: { ...origin, rung: 0, steps } };
}

/** Those that go on to a further rung. @param count at least 1 */
export function atFurtherRung({ problem, rungs }: Rungs, state: GeneticState, slot: number, count: number): Suggestion[] {
  const fidelity = fidelityOf(problem, rungs);
  const { generation, cohort } = state;
  invariant(cohort, 'a further rung has the individuals of the first one');
  return cohort.promoted.slice(slot, slot + count).map((place) => {
    const { parameters, trial } = candidateAt(cohort.members, place);
    const steps = stepsOf(fidelity, parameters);
    const some = Math.min(steps, stepsAt(fidelity, rungs, cohort.rung));
    const origin = { sampler: 'genetic', generation, rung: cohort.rung, steps, continues: trial };
    return { parameters: withSteps(problem.space, fidelity, parameters, some), origin };
  });
}

/** Observes the trials of a rung. @throws Error if a trial continues none of the generation, as in a modified document */
export function observeRung(search: Rungs, state: GeneticState, observations: readonly Observation[]): GeneticState {
  const own = observations.filter(({ index }) => index !== null);
  const guests = observations.filter(({ index }) => index === null).map((observation) => candidateOf(search, observation));
  const { cohort } = state;
  const members = cohort
    ? [...continued(search, cohort.members, own), ...guests]
    : [...own.map((observation) => candidateOf(search, observation)), ...guests];
  const measured = cohort ? cohort.promoted : own.map((_, place) => place);
  const firstIndex = (cohort?.firstIndex ?? state.firstTrial) + own.length;
  const promoted = promotedOf(search, members, measured);
  if (promoted.length > 0) return { ...state, cohort: { rung: (cohort?.rung ?? 0) + 1, firstIndex, members, promoted } };
  const closed = members.map((member) => individualOf(search, member));
  return nextGeneration(search.problem.direction, search.options, state, { members: closed, firstTrial: firstIndex });
}

/** The most trials of a generation with so many new individuals, rung by rung, and the most steps of each. */
export function bracketOf({ problem, rungs }: Pick<Rungs, 'problem' | 'rungs'>, individuals: number): Bracket {
  const fidelity = fidelityOf(problem, rungs);
  const steps = [...levelsFrom(fidelity, rungs.minSteps, rungs.reductionFactor), mostSteps(fidelity)];
  const trials = [individuals];
  while (trials.length < steps.length) trials.push(keptOf(rungs, trials.at(-1) ?? 0));
  return { trials, steps };
}

/** Steps of a rung, from 0; infinite after the last one, at which each individual gets all that it asks for. */
function stepsAt(fidelity: IntParameter, { minSteps, reductionFactor }: GeneticRungs, rung: number): number {
  return levelsFrom(fidelity, minSteps, reductionFactor)[rung] ?? Number.POSITIVE_INFINITY;
}

function keptOf({ reductionFactor }: GeneticRungs, individuals: number): number {
  return Math.max(1, Math.floor(individuals / reductionFactor));
}

/** Places of those that go on: the best of a rung that have a value and ask for more steps. An individual that has all its steps still takes a place. */
function promotedOf({ problem, rungs }: Rungs, members: readonly Candidate[], measured: readonly number[]): number[] {
  const fidelity = fidelityOf(problem, rungs);
  const rivals = measured.map((place) => ({ ...candidateAt(members, place), place }));
  return ranked(problem.direction, rivals, ({ trial }) => trial)
    .slice(0, keptOf(rungs, measured.length))
    .filter(({ value, parameters, steps }) => value !== null && steps < stepsOf(fidelity, parameters))
    .map(({ place }) => place);
}

const askedSchema = z.int().optional();

function candidateOf({ problem, rungs, options }: Rungs, observation: Observation): Candidate {
  const { space } = problem;
  const fidelity = fidelityOf(problem, rungs);
  const steps = stepsOf(fidelity, observation.parameters);
  const asked = askedSchema.parse(observation.origin['steps']) ?? steps;
  const parameters = withSteps(space, fidelity, observation.parameters, asked);
  return { ...resultOf(observation), genome: genomeOf(space, options, { ...observation, parameters }), parameters, steps };
}

function continued({ problem, rungs }: Rungs, members: readonly Candidate[], observations: readonly Observation[]): Candidate[] {
  const fidelity = fidelityOf(problem, rungs);
  const results = new Map(observations.map((observation) => [continuedBy(observation.origin), observation]));
  const trials = new Set<number | null>(members.map(({ trial }) => trial));
  for (const earlier of results.keys()) invariant(trials.has(earlier), `trial ${earlier} is no member of this generation`);
  return members.map((member) => {
    const result = results.get(member.trial);
    if (!result) return member;
    const { genome, parameters } = member;
    return { ...resultOf(result), genome, parameters, steps: stepsOf(fidelity, result.parameters) };
  });
}

function individualOf({ problem, rungs }: Rungs, { parameters, steps, ...member }: Candidate): Individual {
  const isCut = steps < stepsOf(fidelityOf(problem, rungs), parameters);
  return { ...member, elite: false, ...(isCut && { reached: steps }) };
}

function candidateAt(members: readonly Candidate[], place: number): Candidate {
  const member = members[place];
  invariant(member, 'a promoted individual is a member of its generation');
  return member;
}
