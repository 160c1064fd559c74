import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import type { IntParameter } from '../../space/schema.ts';
import type { Problem, Suggestion } from '../contract.ts';
import type { Observation } from '../observation.ts';
import { continuedBy } from '../origin.ts';
import { ranked } from '../ranked.ts';
import { type Bracket, levelsFrom } from '../rungs/brackets.ts';
import { fidelityOf, mostSteps, stepsOf, withSteps } from '../rungs/fidelity.ts';
import type { GeneticOptions, GeneticRungs } from './options.ts';
import { amongBest, extendedRecord, withBest } from './record.ts';
import { type Candidate, type GeneticState, genomeOf, type Individual, nextGeneration, type Recorded, resultOf } from './state.ts';

/**
 * Rungs within a generation: its new individuals are measured with `minSteps` steps, the best of them, one of `reductionFactor`, with so many times
 * as many (`stepFactor`, if given), and so on; none with more than its genome asks for. A generation is closed when no individual goes on. An individual
 * that does not go on keeps its last value as fitness, so that selection and elites are as without rungs; a trial of a rung has the steps of that rung
 * among its parameters. With the promotion `search`, `record.ts` decides who goes on, and what the fitness is.
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
  const rung = cohort?.rung ?? 0;
  const after = bySearch(search.rungs) ? { ...state, record: recordOf(search, state, rung, measuredAt(members, measured)) } : state;
  const promoted = promotedOf(search, after, rung, members, measured);
  if (promoted.length > 0) return { ...after, cohort: { rung: rung + 1, firstIndex, members, promoted } };
  const closed = members.map((member) => individualOf(search, member));
  return nextGeneration(search.problem.direction, search.options, after, { members: closed, firstTrial: firstIndex });
}

/** The most trials of a generation with so many new individuals, rung by rung, and the most steps of each. */
export function bracketOf({ problem, rungs }: Pick<Rungs, 'problem' | 'rungs'>, individuals: number): Bracket {
  const fidelity = fidelityOf(problem, rungs);
  const steps = [...levelsOf(fidelity, rungs), mostSteps(fidelity)];
  const trials = [individuals];
  while (trials.length < steps.length) trials.push(bySearch(rungs) ? individuals : keptOf(rungs, trials.at(-1) ?? 0));
  return { trials, steps };
}

/** Steps of a rung, from 0; infinite after the last one, at which each individual gets all that it asks for. */
function stepsAt(fidelity: IntParameter, rungs: GeneticRungs, rung: number): number {
  return levelsOf(fidelity, rungs)[rung] ?? Number.POSITIVE_INFINITY;
}

function levelsOf(fidelity: IntParameter, { minSteps, reductionFactor, stepFactor }: GeneticRungs): number[] {
  return levelsFrom(fidelity, minSteps, stepFactor ?? reductionFactor);
}

function bySearch({ promotion }: GeneticRungs): boolean {
  return promotion === 'search';
}

/** The record of the search with the results of a rung. Individuals that asked for fewer steps than the rung has are not compared at it. */
function recordOf({ problem, rungs }: Rungs, { record = [] }: GeneticState, rung: number, measured: readonly Candidate[]): Recorded[][] {
  const level = stepsAt(fidelityOf(problem, rungs), rungs, rung);
  return extendedRecord(
    record,
    rung,
    measured.filter(({ steps }) => steps === level),
  );
}

function keptOf({ reductionFactor }: GeneticRungs, individuals: number): number {
  return Math.max(1, Math.floor(individuals / reductionFactor));
}

/** Places of those that go on, the best first. Each has a value and asks for more steps. */
function promotedOf(
  search: Rungs,
  { record = [] }: GeneticState,
  rung: number,
  members: readonly Candidate[],
  measured: readonly number[],
): number[] {
  const { problem, rungs } = search;
  const fidelity = fidelityOf(problem, rungs);
  const rivals = measured.map((place) => ({ ...candidateAt(members, place), place }));
  const order = ranked(problem.direction, rivals, ({ trial }) => trial);
  // An individual that has all its steps still takes a place of its generation.
  const best = bySearch(rungs)
    ? amongBest(problem.direction, record[rung] ?? [], rungs.reductionFactor, order)
    : order.slice(0, keptOf(rungs, measured.length));
  return best.filter(({ value, parameters, steps }) => value !== null && steps < stepsOf(fidelity, parameters)).map(({ place }) => place);
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
    const latest = { ...resultOf(result), genome, parameters, steps: stepsOf(fidelity, result.parameters) };
    return bySearch(rungs) ? withBest(problem.direction, member, latest) : latest;
  });
}

function individualOf({ problem, rungs }: Rungs, { parameters, genome, best, ...latest }: Candidate): Individual {
  const { steps, ...result } = best ?? latest;
  const isCut = steps < stepsOf(fidelityOf(problem, rungs), parameters);
  return { ...result, genome, elite: false, ...(isCut && { reached: steps }) };
}

function measuredAt(members: readonly Candidate[], places: readonly number[]): Candidate[] {
  return places.map((place) => candidateAt(members, place));
}

function candidateAt(members: readonly Candidate[], place: number): Candidate {
  const member = members[place];
  invariant(member, 'a promoted individual is a member of its generation');
  return member;
}
