import { closedGeneration, firstState } from '../../../src/samplers/cma-es/generation.ts';
import { cmaEsOptionsSchema } from '../../../src/samplers/cma-es/options.ts';
import { cmaEsSampler } from '../../../src/samplers/cma-es/sampler.ts';
import type { CmaEsState } from '../../../src/samplers/cma-es/state.ts';
import type { Direction } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type Configuration, configurationFrom } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';
import { decodeUnit } from '../../../src/space/unit-cube.ts';

/** The value of a configuration; null if it fails. */
export type Objective = (parameters: Configuration, number: number) => number | null;

interface SearchPlan {
  readonly space: SearchSpace;
  readonly objective: Objective;
  readonly generations: number;
  readonly options?: object;
  readonly direction?: Direction;
  readonly seed?: number;
  /** Trials that a client gave, observed with the first generation; they come before its own. */
  readonly given?: readonly Observation[];
}

interface Searched {
  readonly observations: readonly Observation[];
  /** After each generation. */
  readonly states: readonly CmaEsState[];
  readonly state: CmaEsState;
  /** Of the trials that the sampler suggested; Infinity if none had one. */
  readonly least: number;
}

export const optionsOf = (options: object = {}) => cmaEsOptionsSchema.parse({ type: 'cma-es', ...options });

/** Runs whole generations. */
export function searched({ space, objective, generations, options, direction = 'minimize', seed = 1, given = [] }: SearchPlan): Searched {
  const [problem, parsed] = [{ space, direction }, optionsOf(options)];
  const stream = (purpose: string, ...indices: number[]) => randomStream(seed, purpose, ...indices);
  const observations: Observation[] = [];
  const states: CmaEsState[] = [];
  let state = firstState(problem, parsed);
  for (let generation = 0; generation < generations; generation += 1) {
    const request = { firstIndex: state.firstTrial, count: 1000, stream, history: [], pending: [] };
    const proposal = cmaEsSampler.suggest(problem, parsed, state, request);
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const guests = generation === 0 ? given : [];
    const seen = proposal.suggestions.map(({ parameters, origin }, slot): Observation => {
      const index = state.firstTrial + slot;
      const number = given.length + index;
      return { number, index, parameters, origin, value: objective(parameters, number) };
    });
    observations.push(...seen);
    state = closedGeneration(problem, parsed, state, [...guests, ...seen]);
    states.push(state);
  }
  return { observations, states, state, least: leastOf(observations.map(({ value }) => value)) };
}

/** The least value of as many random trials. */
export function leastAtRandom(space: SearchSpace, objective: Objective, trials: number, seed = 1): number {
  const draws = randomStream(seed, 'random-search');
  return leastOf(
    Array.from({ length: trials }, (_, number) => {
      const parameters = configurationFrom(space, (parameter) => decodeUnit(parameter, draws.uniform()));
      return objective(parameters, number);
    }),
  );
}

function leastOf(values: readonly (number | null)[]): number {
  return Math.min(...values.map((value) => value ?? Number.POSITIVE_INFINITY));
}

/** So many continuous parameters from −5 to 5. */
export function continuous(dimensions: number): SearchSpace {
  return searchSpaceSchema.parse(
    Array.from({ length: dimensions }, (_, index) => ({ type: 'float', name: `x${index}`, low: -5, high: 5 })),
  );
}

/** Σ k^i · (x_i − 1.5 − i/4)²: a sphere for 1, and an ellipsoid whose axes differ by k^((n−1)/2) for more. */
export function bowl(ratio: number): Objective {
  return (parameters) =>
    Object.values(parameters).reduce<number>((sum, value, index) => sum + ratio ** index * (Number(value) - 1.5 - index / 4) ** 2, 0);
}

/** A trial that a client gave. */
export function given(number: number, parameters: Configuration, value: number | null, isKnown = false): Observation {
  return { number, index: null, parameters, origin: {}, value, ...(isKnown && { known: true as const }) };
}
