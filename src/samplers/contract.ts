import type { z } from 'zod';
import type { CrossViolation } from '../shared/errors.ts';
import type { RandomStream } from '../shared/random.ts';
import type { Configuration } from '../space/configuration.ts';
import type { SearchSpace } from '../space/schema.ts';
import type { History, Observation } from './observation.ts';
import type { Origin } from './origin.ts';

/** Direction of better objective values. */
export type Direction = 'minimize' | 'maximize';

/** The search problem: a sampler knows only the space and the directions of the metrics. */
export interface Problem {
  readonly space: SearchSpace;
  /** Better direction of the metric; of the first one if there are several. */
  readonly direction: Direction;
  /** Better directions of all metrics, in the order of the study. Absent: there is one. */
  readonly directions?: readonly Direction[];
  /** The parameter of the space that says how much an evaluation may spend, if the objective names one. */
  readonly fidelity?: string;
  /** Parameters whose values may change between two steps of an evaluation. Absent: any. */
  readonly changeable?: readonly string[];
}

/** Most metrics that a study may optimise. */
export const mostMetrics = 4;

/** A suggested trial. */
export interface Suggestion {
  readonly parameters: Configuration;
  readonly origin: Origin;
}

/** Asks for suggestions `firstIndex` … `firstIndex` + `count` − 1. */
export interface SuggestionRequest {
  readonly firstIndex: number;
  /** At least 1; always 1 for a sampler that learns from the history. */
  readonly count: number;
  /**
   * The finished trials whose results are visible to this suggestion, ordered by number. Numbers are missing if a trial is pending
   * while later ones finished. Empty at the start of a study, and always for samplers that do not read the history. A generational sampler
   * that does sees what it observed.
   */
  readonly history: History;
  /**
   * Parameters of earlier trials whose results are not visible to this suggestion, ordered by number. Empty for samplers whose
   * `history` is always empty. For a generational sampler that reads the history: those of the suggestions since its last observation.
   */
  readonly pending: readonly Configuration[];
  /**
   * The random stream of one purpose and its indices, the only source of randomness. One purpose and index give the same numbers
   * every time, so two consumers must not share them: a purpose is unique within the sampler, and its indices identify the
   * suggestion (or generation and slot).
   */
  readonly stream: (purpose: string, ...indices: number[]) => RandomStream;
}

/** Suggestions (at least one, at most as many as asked for); nothing until more is observed; or nothing ever again. */
export type Proposal =
  | { readonly kind: 'suggestions'; readonly suggestions: readonly Suggestion[] }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'exhausted'; readonly reason: string };

/**
 * The trials that a generational sampler must see together: the suggestions from `firstIndex` on, `size` of them. A generation may have
 * several rungs: they are seen one after another, with the same index, and it is closed once the next index follows.
 */
export interface Generation {
  /** From 0. */
  readonly index: number;
  readonly firstIndex: number;
  readonly size: number;
}

/** One member of a closed generation, for people to look at. */
export interface Member {
  /** The trial that evaluated it. */
  readonly trial: number;
  /** True if it was copied from the previous generation without evaluation. */
  readonly elite: boolean;
  readonly value: number | null;
  /** Step of a rung or of a pruner's stop whose value it has, short of all steps that it asks for. Absent: the value is the one after all of them. */
  readonly prunedAt?: number | undefined;
}

/** The work of trials that are measured at rungs, at most. */
export interface RungEffort {
  readonly configurations: number;
  /** Steps of all trials. */
  readonly steps: number;
  /** The same, if each trial that goes on continues the earlier one. */
  readonly newSteps: number;
}

/** The limits of a study that decide how many trials a search has. */
export interface SearchBudget {
  readonly trials?: number | undefined;
  readonly generations?: number | undefined;
}

/** Records that a scale changed a number. @returns `to` */
export type NoteScaled = (what: string, from: number, to: number) => number;

/** See `Sampler.cost`. */
export type SamplerCost = 'instant' | 'slow';

/** Options of any sampler: an object that names its sampler in `type`. */
export type OptionsSchema = z.ZodType<{ readonly type: string }>;

/**
 * A search algorithm as data and functions without side effects. A suggestion is a pure function of (seed, index,
 * state, history, pending); a state is a pure function of the observations, so that it can be rebuilt from them
 * at any time. No function reads a clock, the environment or `Math.random`, or changes its arguments.
 *
 * All functions are synchronous. All but `suggest` run on the event loop of a server, some in a transaction that holds the study's
 * lock: each returns within a millisecond or so, except `observe` of a large generation, which is called once for each. With 64 parameters it
 * takes some 30 ms for 1,000 members of `nsga2`, 15 ms for 1,000 of `genetic`, 10 ms for 200 particles of `swarm`, and 10 to 40 ms for
 * `cma-es`, whose matrices cost the third power of the parameters. A process also checks each state once that it reads (`checked-states.ts`):
 * up to 60 ms for those populations.
 */
export interface Sampler<Schema extends OptionsSchema, State> {
  /** The value of `sampler.type` in a study. */
  readonly name: string;
  /** Raised when the same input would give other suggestions; a study keeps the version it began with. */
  readonly version: number;
  /** One plain sentence: its method and its use case. */
  readonly summary: string;
  /** Options with their defaults, `type` included. */
  readonly optionsSchema: Schema;
  /**
   * Returns the options of a new study with the defaults that the schema leaves open, because they depend on other options or on the
   * problem. Called only for a study that a client creates; stored and imported options keep their meaning. null: the schema leaves nothing open.
   */
  readonly pinned: ((options: z.output<Schema>, problem: Problem) => z.output<Schema>) | null;
  /** State as JSON, with a `version` of its own. */
  readonly stateSchema: z.ZodType<State>;
  /**
   * The results that a suggestion uses. `nothing`: none. `history`: those of earlier trials, given with each request (all of them, or
   * those up to a window, as the schedule has it). `generations`: those of whole generations, passed to `observe`.
   */
  readonly learns: 'nothing' | 'history' | 'generations';
  /** True for a generational sampler whose suggestions also read the trials that it has observed. A sampler that learns from the history reads it in any case. */
  readonly readsHistory?: boolean;
  /**
   * True if a suggestion is dropped when a given trial before it has its configuration: for samplers that try each point once. Its
   * index is used up, and the budget is not charged.
   */
  readonly skipsGiven: boolean;
  /**
   * Upper bound of the time of one suggestion, at any possible length of history. `instant`: a few milliseconds; it is made on the
   * event loop, inside the transaction that stores it. `slow`: longer; it is made in a worker thread, outside any transaction.
   */
  readonly cost: SamplerCost;
  /** The same where the options decide it. */
  costOf?(options: z.output<Schema>): SamplerCost;
  /** Most metrics of a study that it searches. Absent: one. */
  readonly mostMetrics?: number;
  /** True if it measures trials at rungs: with few steps first, and with more where they are promising. Such a study has no pruner. Absent: never. */
  hasRungs?(options: z.output<Schema>): boolean;
  /** True if values change while a trial goes on (`earlierValuesOf`), so that its configuration alone does not lead to its result. */
  readonly changesValues?: true;
  /** Steps that a configuration asks for, of a sampler with rungs. Absent: only the objective knows. */
  stepsOf?(problem: Problem, options: z.output<Schema>, parameters: Configuration): number | null;
  /** The work of so many trials, of a sampler with rungs. Absent: each trial is a configuration of the space. */
  effort?(problem: Problem, options: z.output<Schema>, trials: number): RungEffort | null;
  /**
   * Number of finished trials that a suggestion computes with, of so many in its history: the time of a suggestion grows with it, and a
   * step of a study makes the fewer suggestions the larger it is. Absent: all of them.
   */
  looksAt?(options: z.output<Schema>, history: number): number;
  /**
   * Returns the violations of these options for this problem: pointers are relative to the options, those of `from` to the study. All
   * other functions except `size` receive valid options only.
   */
  check(problem: Problem, options: z.output<Schema>): readonly CrossViolation[];
  /** Default number of trials that may be open at once. */
  defaultParallelism(options: z.output<Schema>): number;
  /**
   * Total number of suggestions of the search itself: the points of a grid, the individuals of all generations. null if it
   * continues until the budget ends it. Infinite if it is finite but too large to count, which `check` rejects. `budget.trials` is
   * ignored here.
   */
  size(problem: Problem, options: z.output<Schema>, budget: SearchBudget): number | null;
  /**
   * The options and the limits of a smaller search of the same shape: implements a campaign's `scale`. Numbers keep a floor and
   * never grow. `budget.trials` is scaled already.
   *
   * @param factor 0 … 1 of the cost
   * @param note receives each number that may have changed
   */
  scale<Budget extends SearchBudget>(
    options: z.output<Schema>,
    budget: Budget,
    factor: number,
    note: NoteScaled,
  ): { readonly options: z.output<Schema>; readonly budget: Budget };
  /** One line for reports: the method by its usual name and the options that set it apart. */
  describe(options: z.output<Schema>): string;
  /** The state before the first observation. */
  init(problem: Problem, options: z.output<Schema>): State;
  /**
   * Observes finished trials by ascending number, continuing from the state. Generational samplers observe the trials of one
   * generation: all of them or (if the budget cut it short) its first ones.
   *
   * @throws Error if the observations cannot belong to this state, as in a modified document
   */
  observe(problem: Problem, options: z.output<Schema>, state: State, observations: readonly Observation[]): State;
  /**
   * Suggests the next trials. Must work on an empty history. Suggestion n does not depend on the number of trials requested at once.
   *
   * A sampler with a `size` is exhausted after that many suggestions, and is not asked again. A generational sampler answers
   * `waiting` until the trials of its current generation are observed, as `generation` says.
   *
   * @throws Error if state or history cannot be this sampler's, as in a modified document
   */
  suggest(problem: Problem, options: z.output<Schema>, state: State, request: SuggestionRequest): Proposal;
  /** The generation being evaluated; null for sequential samplers. */
  generation(options: z.output<Schema>, state: State): Generation | null;
  /** The members of the last closed generation; empty if there is none. */
  population(state: State): readonly Member[];
}

/**
 * Largest parallelism of a sampler that learns from the history. A wider search would suggest almost without results, and the suggestions of
 * one advance, each of which reads the whole history, would hold the study's lock for seconds.
 */
export const widestWindow = 100;

/** Orients a value so that more is better. */
export function oriented(direction: Direction, value: number): number {
  return direction === 'maximize' ? value : -value;
}
