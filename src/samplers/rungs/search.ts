import type { z } from 'zod';
import { type CrossViolation, invariant } from '../../shared/errors.ts';
import { allNames, rangePointers } from '../../space/pointers.ts';
import type { IntParameter } from '../../space/schema.ts';
import type { NoteScaled, Problem, Sampler, SearchBudget, Suggestion, SuggestionRequest } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import { type Bracket, effortOf, levelsOf } from './brackets.ts';
import { experienceOf } from './experience.ts';
import { fidelityOf, fidelityViolations, mostSteps, spaceWithout, stepsOf, withoutSteps, withSteps } from './fidelity.ts';
import { batchOf, pinnedRungs, type RungOptions } from './options.ts';
import { costOf, looksAt, proposerFor } from './proposers.ts';
import { closedMembers, observeRung, type RungCourse, type RungState, rungStateSchema, startOf } from './state.ts';

/** Most trials of a first rung. */
const mostInRung = 1000;

/** The parts in which one search with rungs differs from another. */
interface RungSearch<Schema> {
  readonly name: string;
  readonly summary: string;
  readonly optionsSchema: Schema;
  /** The brackets, which are tried in turn. @param levels steps at which the search measures, ascending */
  brackets(options: z.output<Schema>, levels: readonly number[]): readonly Bracket[];
  /** Names the options that the problem decides. */
  pinned?(options: z.output<Schema>, problem: Problem): z.output<Schema>;
  /** The options of a search that costs so much less, beside `rounds`. */
  shrunk?(options: z.output<Schema>, factor: number, note: NoteScaled): z.output<Schema>;
  describe(options: z.output<Schema>): string;
}

/**
 * A search that measures configurations with few steps first, and goes on with the best of them. A bracket is a generation: its first rung
 * is proposed by another sampler, in batches whose members know nothing of each other's results, and each further rung continues the best of
 * the one before. A suggestion depends on seed, index, state and, in a first rung, the history alone. Raise its version with that of a proposer.
 */
export function rungSampler<Schema extends z.ZodType<RungOptions>>(search: RungSearch<Schema>): Sampler<Schema, RungState> {
  type Options = z.output<Schema>;
  const courseOf = (problem: Problem, options: Options): Course => {
    const fidelity = fidelityOf(problem, options);
    const brackets = search.brackets(options, levelsOf(fidelity, options.reductionFactor));
    const most = brackets.length * (options.rounds ?? Number.POSITIVE_INFINITY);
    return {
      fidelity,
      brackets,
      bracketAt: (index) => (index < most ? (brackets[index % brackets.length] ?? null) : null),
      batch: batchOf(options, brackets),
      direction: problem.direction,
      stepsOf: (parameters) => stepsOf(fidelity, parameters),
      mostSteps: mostSteps(fidelity),
    };
  };
  return {
    name: search.name,
    version: 2,
    summary: search.summary,
    optionsSchema: search.optionsSchema,
    pinned: (options, problem) => {
      if (fidelityViolations(problem, options).length > 0) return options;
      const { brackets } = courseOf(problem, options);
      return pinnedRungs(search.pinned?.(options, problem) ?? options, withoutFidelity(problem, fidelityOf(problem, options)), {
        fidelity: fidelityOf(problem, options).name,
        batch: batchOf(options, brackets),
      });
    },
    stateSchema: rungStateSchema,
    learns: 'generations',
    readsHistory: true,
    skipsGiven: false,
    cost: 'instant',
    costOf: ({ proposer }) => costOf(proposer),
    looksAt: ({ proposer }, history) => looksAt(proposer, history),
    hasRungs: () => true,
    effort: (problem, options, trials) => effortOf(courseOf(problem, options).bracketAt, trials),
    stepsOf: (problem, options, parameters) => stepsOf(fidelityOf(problem, options), parameters),
    check: (problem, options) => violationsOf(search, problem, options),
    defaultParallelism: () => 16,
    size: (problem, options, budget) =>
      fidelityViolations(problem, options).length > 0 ? null : sizeOf(courseOf(problem, options), options.rounds, budget),
    scale: (options, budget, factor, note) => scaledRungs(search.shrunk?.(options, factor, note) ?? options, budget, factor, note),
    describe: (options) => search.describe(options),
    init: (problem, options) => startOf(courseOf(problem, options)),
    observe: (problem, options, state, observations) => observeRung(courseOf(problem, options), state, observations),
    suggest(problem, options, state, request) {
      if (state.size === 0) return { kind: 'exhausted', reason: 'all brackets are done' };
      const slot = request.firstIndex - state.firstIndex;
      const slots = Math.min(request.count, state.size - slot);
      invariant(slot >= 0, `suggestion ${request.firstIndex} belongs to a closed rung`);
      if (slots <= 0) return { kind: 'waiting' };
      const course = courseOf(problem, options);
      const of = { sampler: search.name, bracket: state.bracket, rung: state.rung, steps: course.mostSteps };
      const suggested =
        state.rung === 0
          ? proposals(problem, options, { course, state, slot }, { ...request, count: slots })
          : promotions(problem, course, state, slot, slots);
      return {
        kind: 'suggestions',
        suggestions: suggested.map(({ parameters, origin }) => ({ parameters, origin: { ...of, ...origin } })),
      };
    },
    generation: (_options, { bracket, firstIndex, size }) => ({ index: bracket, firstIndex, size }),
    population: closedMembers,
  };
}

/** A search on a problem, with what follows from its options. */
interface Course extends RungCourse {
  readonly fidelity: IntParameter;
  readonly brackets: readonly Bracket[];
}

/** New configurations, with the steps of the first rung of the bracket. */
function proposals(
  problem: Problem,
  options: RungOptions,
  { course, state, slot }: { readonly course: Course; readonly state: RungState; readonly slot: number },
  { count, history, pending, stream }: SuggestionRequest,
): Suggestion[] {
  const { fidelity } = course;
  const steps = course.bracketAt(state.bracket)?.steps[0] ?? mostSteps(fidelity);
  const proposer = proposerFor(withoutFidelity(problem, fidelity), options.proposer);
  const known = experienceOf(history, fidelity);
  const open = pending.map((configuration) => withoutSteps(fidelity, configuration));
  return Array.from({ length: count }, (_, index) => {
    const firstIndex = state.proposed + slot + index;
    const proposal = proposer.suggest(proposer.init(), { firstIndex, count: 1, history: known, pending: [...open], stream });
    invariant(proposal.kind === 'suggestions' && proposal.suggestions[0], 'a proposer always has another configuration');
    const { parameters, origin } = proposal.suggestions[0];
    open.push(parameters);
    return { parameters: withSteps(problem.space, fidelity, parameters, steps), origin: { proposal: { ...origin } } };
  });
}

/** The best of the rung before, with the steps of this one. */
function promotions({ space }: Problem, { fidelity, bracketAt }: Course, state: RungState, slot: number, count: number): Suggestion[] {
  const steps = bracketAt(state.bracket)?.steps[state.rung] ?? mostSteps(fidelity);
  return state.promoted.slice(slot, slot + count).map((place) => {
    const member = state.members[place];
    invariant(member, 'a promoted configuration is a member of its bracket');
    return { parameters: withSteps(space, fidelity, member.parameters, steps), origin: { continues: member.trial } };
  });
}

function withoutFidelity({ space, direction }: Problem, fidelity: IntParameter): Problem {
  return { space: spaceWithout(space, fidelity), direction };
}

/** Most trials of a search: fewer go on from a rung in which most fail. */
function sizeOf({ brackets }: Course, rounds: number | undefined, { generations }: SearchBudget): number | null {
  const most = Math.min(generations ?? Number.POSITIVE_INFINITY, brackets.length * (rounds ?? Number.POSITIVE_INFINITY));
  if (!Number.isFinite(most)) return null;
  const trials = brackets.map((bracket) => bracket.trials.reduce((sum, each) => sum + each, 0));
  const whole = Math.floor(most / trials.length) * trials.reduce((sum, each) => sum + each, 0);
  return whole + trials.slice(0, most % trials.length).reduce((sum, each) => sum + each, 0);
}

function violationsOf<Schema extends z.ZodType<RungOptions>>(
  search: RungSearch<Schema>,
  problem: Problem,
  options: z.output<Schema>,
): CrossViolation[] {
  const wrong = fidelityViolations(problem, options);
  if (wrong.length > 0) return wrong;
  const fidelity = fidelityOf(problem, options);
  const from = rangePointers(problem.space.indexOf(fidelity));
  const inner = withoutFidelity(problem, fidelity);
  const { name, low } = fidelity;
  if (inner.space.length === 0)
    return [{ pointer: '/fidelity', detail: `the search space has no parameter beside ${name}`, from: [allNames] }];
  const levels = levelsOf(fidelity, options.reductionFactor);
  if (levels.length < 2) {
    const detail = `leaves one rung: ${name} goes from ${low} to ${mostSteps(fidelity)}; widen its range, or take a smaller factor`;
    return [{ pointer: '/reductionFactor', detail, from }];
  }
  const most = Math.max(...search.brackets(options, levels).map(({ trials: [first = 0] }) => first));
  const large = `gives a first rung of ${most} trials, and ${mostInRung} is the most: raise it, or the low of ${name}`;
  return [
    ...(most > mostInRung ? [{ pointer: '/reductionFactor', detail: large, from }] : []),
    ...proposerFor(inner, options.proposer)
      .check()
      .map((violation) => ({ ...violation, pointer: `/proposer${violation.pointer}` })),
  ];
}

/** Fewer brackets and rounds: what a bracket is stays. */
function scaledRungs<Options extends RungOptions, Budget extends SearchBudget>(
  options: Options,
  budget: Budget,
  factor: number,
  note: NoteScaled,
) {
  const { rounds } = options;
  const { generations } = budget;
  const fewerRounds = rounds !== undefined && { rounds: note('rounds', rounds, shrunk(rounds, factor, 1)) };
  const fewer = generations !== undefined && { generations: note('generations', generations, shrunk(generations, factor, 1)) };
  return { options: { ...options, ...fewerRounds }, budget: { ...budget, ...fewer } };
}
