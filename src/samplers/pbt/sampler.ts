import { invariant } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { EarlierValues } from '../../space/earlier-values.ts';
import type { IntParameter } from '../../space/schema.ts';
import type { Problem, RungEffort, Sampler, SearchBudget, Suggestion, SuggestionRequest } from '../contract.ts';
import { stopMark } from '../observation.ts';
import { effortOf } from '../rungs/brackets.ts';
import { fidelityOf, fidelityViolations, spaceWithout, stepsOf, withSteps } from '../rungs/fidelity.ts';
import { scaledGenerations } from '../scaled-generations.ts';
import { founders } from '../variation/founder.ts';
import { explored } from './explore.ts';
import { changesOf, intervalOf, mostRounds, type PbtOptions, pbtOptionsSchema, pbtViolations, pinnedPbt } from './options.ts';
import { roundsAtMost, roundsOf } from './rounds.ts';
import { type Continuation, continuations, copiesOf } from './selection.ts';
import { closeRound, type PbtState, pbtStateSchema } from './state.ts';

/** Fewer members have nobody to copy. */
const leastMembers = 4;

/**
 * Population based training (Jaderberg et al., "Population Based Training of Neural Networks", 2017), in rounds: all members take as many steps, then
 * the worst copy the best. The paper's members do not wait for each other; here they do, so that one seed gives one search at any speed.
 *
 * | here           | in the paper                                                                       |
 * | -------------- | ---------------------------------------------------------------------------------- |
 * | member         | worker, member of the population P, with weights θ and hyperparameters h            |
 * | value          | p, the result of eval                                                              |
 * | `interval`     | steps until a member is ready                                                      |
 * | `continuations`| exploit, by truncation selection                                                   |
 * | `explored`     | explore: perturb or resample                                                       |
 *
 * A round is a generation. Its trials continue those of the round before (`continues`), with more steps; one of a member that copies another also names
 * that member (`copies`). Its parameters are the present values; `earlierValues` has those of the steps before. If no member has a value, all begin anew.
 * Trials that a client gave are no members. A suggestion depends on (seed, round, member) and the closed round alone.
 */
export const pbtSampler: Sampler<typeof pbtOptionsSchema, PbtState> = {
  name: 'pbt',
  version: 1,
  summary: 'Trains a population together; the worst members copy the best and go on with changed values.',
  optionsSchema: pbtOptionsSchema,
  pinned: pinnedPbt,
  stateSchema: pbtStateSchema,
  learns: 'generations',
  skipsGiven: false,
  cost: 'instant',
  hasRungs: () => true,
  changesValues: true,
  stepsOf: (problem, options, parameters) => stepsOf(fidelityOf(problem, options), parameters),
  effort: effortOfRounds,
  check: pbtViolations,
  defaultParallelism: ({ population }) => population,
  size: sizeOf,
  scale: (options, budget, factor, note) => scaledGenerations(['population', leastMembers], options, budget, factor, note),
  describe: ({ population, interval }) =>
    `population based training, ${population} members${interval === undefined ? '' : `, rounds of ${interval} ${interval === 1 ? 'step' : 'steps'}`}`,
  init: () => ({ version: 1, round: 0, firstIndex: 0, members: [] }),
  observe: (_problem, _options, state, observations) => closeRound(state, observations),
  suggest(problem, options, state, { firstIndex, count, stream }) {
    const steps = endsOf(problem, options)[state.round];
    if (steps === undefined) return { kind: 'exhausted', reason: 'all rounds are done' };
    const slot = firstIndex - state.firstIndex;
    const slots = Math.min(count, options.population - slot);
    invariant(slot >= 0, `suggestion ${firstIndex} belongs to a closed round`);
    if (slots <= 0) return { kind: 'waiting' };
    return { kind: 'suggestions', suggestions: trialsOf(problem, options, { state, steps, stream }, { slot, slots }) };
  },
  generation: ({ population }, { round, firstIndex }) => ({ index: round, firstIndex, size: population }),
  population: ({ members }) => members.map((member) => ({ trial: member.trial, elite: false, value: member.value, ...stopMark(member) })),
};

/** Number of trials of all rounds; infinite if there are more rounds than `check` allows, which are not counted. */
function sizeOf(problem: Problem, options: PbtOptions, { generations = Number.POSITIVE_INFINITY }: SearchBudget): number | null {
  if (fidelityViolations(problem, options).length > 0) return null;
  if (roundsAtMost(fidelityOf(problem, options), intervalOf(problem, options)) > mostRounds) return Number.POSITIVE_INFINITY;
  return options.population * Math.min(generations, endsOf(problem, options).length);
}

function endsOf(problem: Problem, options: PbtOptions): number[] {
  return roundsOf(fidelityOf(problem, options), intervalOf(problem, options));
}

/** A round to be suggested: the members after the one before it, and the steps that it ends with. */
interface Round {
  readonly state: PbtState;
  readonly steps: number;
  readonly stream: SuggestionRequest['stream'];
}

/** Some trials of a round. */
function trialsOf(
  problem: Problem,
  options: PbtOptions,
  round: Round,
  { slot, slots }: { readonly slot: number; readonly slots: number },
): Suggestion[] {
  const { state, stream } = round;
  const { share } = options;
  const next = state.round === 0 ? null : continuations(problem.direction, state.members, { share, stream, round: state.round });
  if (next) return next.slice(slot, slot + slots).map((continuation) => goingOn(problem, options, round, continuation));
  return beginning(problem, options, round, { slot, slots });
}

/** Members that begin: the points of a quasi-random design in turn. */
function beginning(
  problem: Problem,
  options: PbtOptions,
  { state, steps, stream }: Round,
  { slot, slots }: { readonly slot: number; readonly slots: number },
): Suggestion[] {
  const fidelity = fidelityOf(problem, options);
  const { round } = state;
  const found = founders(spaceWithout(problem.space, fidelity), stream);
  return Array.from({ length: slots }, (_, index) => {
    const member = slot + index;
    const { parameters } = found({ generation: round, slot: round * options.population + member, stream }, () => false);
    return { parameters: withSteps(problem.space, fidelity, parameters, steps), origin: { sampler: 'pbt', rung: round, member } };
  });
}

function goingOn(problem: Problem, options: PbtOptions, { state: { round }, steps, stream }: Round, next: Continuation): Suggestion {
  const fidelity = fidelityOf(problem, options);
  const { member, from, copies } = next;
  const changes = changesOf(problem, options);
  const values = copies
    ? explored(problem.space, from.parameters, { ...options, changes }, stream('explore', round, member))
    : from.parameters;
  const earlierValues = copies ? earlierValuesAfter(fidelity, from, { values, changes }) : from.earlierValues;
  return {
    parameters: withSteps(problem.space, fidelity, values, steps),
    origin: {
      sampler: 'pbt',
      rung: round,
      member,
      continues: from.trial,
      ...(copies && { copies: from.member }),
      ...(earlierValues.length > 0 && {
        earlierValues: earlierValues.map(({ until, parameters }) => ({ until, parameters: { ...parameters } })),
      }),
    },
  };
}

/** The earlier values of a member that goes on with other values: those until now are added, if any of them changes. */
function earlierValuesAfter(
  fidelity: IntParameter,
  from: Continuation['from'],
  { values, changes }: { readonly values: Configuration; readonly changes: readonly string[] },
): EarlierValues {
  const changed = changes.some((name) => values[name] !== from.parameters[name]);
  if (!changed) return from.earlierValues;
  const until = stepsOf(fidelity, from.parameters);
  const before = Object.fromEntries(Object.entries(from.parameters).filter(([name]) => changes.includes(name)));
  return [...from.earlierValues, { until, parameters: before }];
}

/** The work of so many trials: each round continues the one before, and each copy is a configuration of its own. */
function effortOfRounds(problem: Problem, options: PbtOptions, trials: number): RungEffort {
  const { population, share } = options;
  const steps = endsOf(problem, options);
  const bracket = { steps, trials: steps.map(() => population) };
  const effort = effortOf((index) => (index === 0 ? bracket : null), trials);
  const furtherRounds = Math.min(steps.length, Math.ceil(trials / population)) - 1;
  return { ...effort, configurations: effort.configurations + Math.max(0, furtherRounds) * copiesOf(population, share) };
}
