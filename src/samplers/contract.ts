import type { z } from 'zod';
import type { Json } from '../shared/digest.ts';
import type { Fault } from '../shared/errors.ts';
import type { RandomStream } from '../shared/random.ts';
import type { Configuration } from '../space/configuration.ts';
import type { SearchSpace } from '../space/schema.ts';

/** Which values of the objective are better. */
export type Direction = 'minimize' | 'maximize';

/** What a sampler searches: it knows nothing of the objective but its direction. */
export interface Problem {
  readonly space: SearchSpace;
  readonly direction: Direction;
}

/** Where a suggestion came from, in the sampler's own words; stored with the trial and shown. */
export type Origin = Readonly<Record<string, Json>>;

/** What a sampler proposes. */
export interface Suggestion {
  readonly parameters: Configuration;
  readonly origin: Origin;
}

/** A finished trial as a sampler sees it. */
export interface Observation {
  /** The trial's number in its study, from 0. */
  readonly number: number;
  readonly parameters: Configuration;
  readonly origin: Origin;
  /** The objective; null where the trial failed or its value is not finite. Each sampler says what it makes of null. */
  readonly value: number | null;
}

/** Asks for trials `firstNumber` … `firstNumber` + `count` − 1. */
export interface SuggestionRequest {
  readonly firstNumber: number;
  /** At least 1; always 1 for a sampler that sees a window. */
  readonly count: number;
  /**
   * For a sampler that sees a window: every trial that this suggestion may look at, in order of number. Numbers are missing where a
   * trial is pending while later ones finished and may be looked at. Empty for others.
   */
  readonly history: readonly Observation[];
  /** For a sampler that sees a window: the parameters, in order of number, of the trials before this one that are not in the history: their results it may not know. */
  readonly pending: readonly Configuration[];
  /** The stream of one purpose and index: everything random comes from here. */
  readonly stream: (purpose: string, ...indices: number[]) => RandomStream;
}

/** Suggestions (at least one, at most as many as asked for); nothing until more is observed; or nothing ever again. */
export type Proposal =
  | { readonly kind: 'suggestions'; readonly suggestions: readonly Suggestion[] }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'exhausted'; readonly reason: string };

/** The trials that a generational sampler must see together: `size` of them from number `firstTrial` on. */
export interface Generation {
  /** From 0. */
  readonly index: number;
  readonly firstTrial: number;
  readonly size: number;
}

/** One member of a closed generation, for people to look at. */
export interface Member {
  /** The trial that evaluated it. */
  readonly trial: number;
  /** Whether it was carried over from the generation before, unevaluated. */
  readonly elite: boolean;
  readonly value: number | null;
}

/**
 * A search algorithm as data and functions without side effects. A suggestion is a pure function of (seed, trial
 * number, state); a state is a pure function of the observations, so that it can be rebuilt from them at any time.
 */
export interface Sampler<Options, State> {
  /** The value of `sampler.type` in a study. */
  readonly name: string;
  /** Raised when the same input would give other suggestions; a study keeps the version it began with. */
  readonly version: number;
  /** One plain sentence: what it does and when to choose it. */
  readonly summary: string;
  /** Options with their defaults, `type` included. */
  readonly optionsSchema: z.ZodType<Options>;
  /** State as JSON, with a `version` of its own. */
  readonly stateSchema: z.ZodType<State>;
  /** Generational samplers see whole generations; a sequential one sees the results of a `window` (`history`), or `none`. */
  readonly sees: 'generations' | 'window' | 'none';
  /** What is wrong with these options for this problem; pointers are relative to the options. */
  check(problem: Problem, options: Options): readonly Fault[];
  /** How many trials may be open at once unless the study says otherwise. */
  defaultParallelism(options: Options): number;
  init(problem: Problem, options: Options): State;
  /**
   * Folds finished trials in order of their number, which continues where the state left off. Generational samplers
   * take the trials of one generation, all of them or (when the budget cut it short) its first ones.
   */
  observe(problem: Problem, options: Options, state: State, observations: readonly Observation[]): State;
  suggest(problem: Problem, options: Options, state: State, request: SuggestionRequest): Proposal;
  /** The generation being evaluated; null for sequential samplers. */
  generation(options: Options, state: State): Generation | null;
  /** The members of the generation closed last; empty where there is none. */
  population(state: State): readonly Member[];
}

/** Orients a value so that more is better. */
export function oriented(direction: Direction, value: number): number {
  return direction === 'maximize' ? value : -value;
}
