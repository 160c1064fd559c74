import { describe, expect, test } from 'vitest';
import { hypervolume } from '../../../src/pareto/hypervolume.ts';
import type { Problem, Suggestion } from '../../../src/samplers/contract.ts';
import { nsga2OptionsSchema } from '../../../src/samplers/nsga2/options.ts';
import { nsga2Sampler } from '../../../src/samplers/nsga2/sampler.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { variationVectors } from '../variation-vectors.ts';

const stream = (purpose: string, ...indices: number[]) => randomStream(5, purpose, ...indices);
const square = searchSpaceSchema.parse(['x', 'y'].map((name) => ({ type: 'float', name, low: 0, high: 1 })));
const twoMetrics: Problem = { space: square, direction: 'minimize', directions: ['minimize', 'minimize'] };
const optionsOf = (options: object) => nsga2OptionsSchema.parse({ type: 'nsga2', ...options });

type Result = Pick<Observation, 'value' | 'values' | 'violation'>;

function suggested(problem: Problem, options: object, state: ReturnType<typeof nsga2Sampler.init>, count = 1000): readonly Suggestion[] {
  const request = { firstIndex: state.firstTrial, count, stream, history: [], pending: [] };
  const proposal = nsga2Sampler.suggest(problem, optionsOf(options), state, request);
  if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
  return proposal.suggestions;
}

/** Runs whole generations. */
function generations(count: number, problem: Problem, options: object, result: (parameters: Configuration, number: number) => Result) {
  let state = nsga2Sampler.init(problem, optionsOf(options));
  const trials: Observation[] = [];
  for (let index = 0; index < count; index += 1) {
    const seen = suggested(problem, options, state).map((suggestion, slot): Observation => {
      const number = trials.length + slot;
      return { ...suggestion, number, index: number, ...result(suggestion.parameters, number) };
    });
    trials.push(...seen);
    state = nsga2Sampler.observe(problem, optionsOf(options), state, seen);
  }
  return { trials, state };
}

/** Observes results that nothing suggested, as trials of one generation. */
function observed(problem: Problem, population: number, results: readonly Result[]) {
  const options = optionsOf({ population });
  const observations = results.map((result, number) => ({
    number,
    index: number,
    parameters: { x: number / 100, y: 0 },
    origin: { generation: 0, slot: number },
    ...result,
  }));
  return nsga2Sampler.observe(problem, options, nsga2Sampler.init(problem, options), observations);
}

test('a new study names the chance of a mutation, and suggests what one suggests that leaves it open', () => {
  const pinned = (options: object) => nsga2Sampler.pinned?.(optionsOf(options), { space: square, direction: 'minimize' });
  expect(pinned({})).toEqual(optionsOf({ mutation: { probability: 0.5 } }));
  expect(pinned({ mutation: { probability: 0.1 } })).toEqual(optionsOf({ mutation: { probability: 0.1 } }));
  const result = (_: Configuration, number: number) => ({ value: number, values: [number % 5, number % 7] });
  expect(generations(3, twoMetrics, { ...pinned({ population: 6 }) }, result)).toEqual(
    generations(3, twoMetrics, { population: 6 }, result),
  );
});

describe('survivors', () => {
  test.each(variationVectors.survivors)('are those of pymoo', ({ losses, violations, survivors }) => {
    const directions = (losses[0] ?? []).map(() => 'minimize' as const);
    const results = losses.map((values, number) => ({
      value: values[0] ?? null,
      values,
      ...(violations && { violation: violations[number] ?? 0 }),
    }));
    const { population } = observed({ space: square, direction: 'minimize', directions }, 12, results);
    expect(population.map(({ trial }) => trial).toSorted((one, other) => one - other)).toEqual(survivors);
  });

  test('are ranked by front, then by crowding distance, then by number; those beyond a limit and failed trials last', () => {
    const results: Result[] = [
      { value: null },
      { value: 0, values: [0, 0], violation: 2 },
      { value: 0, values: [0, 4] },
      { value: 1, values: [1, 3.9] },
      { value: 2, values: [2, 1] },
      { value: 4, values: [4, 0] },
      { value: 5, values: [5, 5] },
      { value: 0, values: [0, 0], violation: 1 },
      { value: null },
    ];
    expect(observed(twoMetrics, 9, results).population.map(({ trial }) => trial)).toEqual([2, 5, 4, 3, 6, 7, 1, 0, 8]);
    expect(observed(twoMetrics, 4, results).population.map(({ trial }) => trial)).toEqual([2, 5, 4, 3]);
  });

  test('follow the direction of each metric', () => {
    const problem: Problem = { space: square, direction: 'maximize', directions: ['maximize', 'minimize'] };
    const results = [
      { value: 1, values: [1, 1] },
      { value: 3, values: [3, 0] },
      { value: 2, values: [2, 2] },
      { value: 4, values: [4, 3] },
    ];
    expect(observed(problem, 4, results).population.map(({ trial }) => trial)).toEqual([1, 3, 0, 2]);
  });

  test('of a search of one metric are the best', () => {
    const problem: Problem = { space: square, direction: 'maximize' };
    const { state } = generations(4, problem, { population: 6 }, (_, number) => ({ value: (number * 7) % 24 }));
    expect(state.population.map(({ values }) => values?.[0])).toEqual([23, 22, 21, 20, 19, 18]);
    expect(nsga2Sampler.population(state).filter(({ elite }) => elite).length).toBeGreaterThan(0);
  });

  test('include trials that a client gave, which take no place of a child', () => {
    const options = optionsOf({ population: 4 });
    const state = nsga2Sampler.init(twoMetrics, options);
    const own = suggested(twoMetrics, { population: 4 }, state).map((suggestion, number) => ({
      ...suggestion,
      number: number + 1,
      index: number,
      value: 1,
      values: [1 + number, 1],
    }));
    const given = { number: 0, index: null, parameters: { x: 0.5, y: 0.5 }, origin: {}, value: 0, values: [0, 0] };
    const next = nsga2Sampler.observe(twoMetrics, options, state, [given, ...own]);
    expect(next.population[0]).toMatchObject({ trial: 0, parameters: { x: 0.5, y: 0.5 } });
    expect(next).toMatchObject({ firstTrial: 4, generation: 1 });
  });
});

test('a generation that the budget cuts short closes with the trials that it has', () => {
  const { state } = generations(2, twoMetrics, { population: 6 }, (_, number) => ({ value: number, values: [number, -number] }));
  const [first] = suggested(twoMetrics, { population: 6 }, state);
  if (!first) throw new Error('there is a suggestion');
  const seen = { ...first, number: 12, index: 12, value: -5, values: [-5, -50] };
  const next = nsga2Sampler.observe(twoMetrics, optionsOf({ population: 6 }), state, [seen]);
  expect(next).toMatchObject({ generation: 3, firstTrial: 13 });
  expect(next.population[0]?.trial).toBe(12);
});

test('a modified document is refused: its trials are of another generation, or in another order', () => {
  const { trials, state } = generations(2, twoMetrics, { population: 6 }, (_, number) => ({ value: number, values: [number, -number] }));
  const closed = (seen: readonly Observation[]) => () => nsga2Sampler.observe(twoMetrics, optionsOf({ population: 6 }), state, seen);
  const moved = trials.slice(6).map((trial) => ({ ...trial, origin: { ...trial.origin, generation: 2 } }));
  expect(closed(moved)).not.toThrow();
  expect(closed(trials.slice(6))).toThrow('not individual 0 of this generation');
  expect(closed(moved.toReversed())).toThrow('not individual 0 of this generation');
  expect(closed(moved.map((trial) => ({ ...trial, origin: {} })))).toThrow();
});

describe('configurations', () => {
  const small = searchSpaceSchema.parse([
    { type: 'int', name: 'units', low: 1, high: 9 },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'lion', 'rmsprop'] },
  ]);
  const problem: Problem = { ...twoMetrics, space: small };
  const result = (parameters: Configuration) => {
    const units = Number(parameters['units']);
    return { value: units, values: [units, (units - 7) ** 2 + (parameters['optimizer'] === 'sgd' ? 0 : 1)] };
  };

  test('are not tried twice while others are easily found, in a space of 36', () => {
    const { trials } = generations(4, problem, { population: 6 }, result);
    expect(new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(24);
  });

  test('are tried again where all are known', () => {
    const { trials } = generations(12, problem, { population: 6 }, result);
    expect(trials).toHaveLength(72);
  });

  test('are remembered for the whole search only where they may come up again', () => {
    expect(generations(3, problem, { population: 6 }, result).state.tried).toHaveLength(18);
    expect(generations(3, twoMetrics, { population: 6 }, () => ({ value: 1, values: [1, 1] })).state.tried).toEqual([]);
  });
});

test('a search finds a larger hypervolume than its first generation, and than random trials, on a problem of two metrics', () => {
  const space = searchSpaceSchema.parse(Array.from({ length: 8 }, (_, index) => ({ type: 'float', name: `x${index}`, low: 0, high: 1 })));
  // ZDT1 of eight variables.
  const valuesOf = (parameters: Configuration): readonly [number, number] => {
    const [first = 0, ...others] = Object.values(parameters).map(Number);
    const g = 1 + (9 * others.reduce((sum, each) => sum + each, 0)) / others.length;
    return [first, g * (1 - Math.sqrt(first / g))];
  };
  const volume = (values: readonly (readonly [number, number])[]) =>
    hypervolume(
      values.map(([one, other]) => [-one, -other]),
      [-1, -10],
    );
  const problem = { ...twoMetrics, space };
  const { trials } = generations(10, problem, {}, (parameters) => {
    const values = valuesOf(parameters);
    return { value: values[0], values };
  });
  const found = trials.map(({ parameters }) => valuesOf(parameters));
  const random = trials.map(({ number }) => {
    const draw = randomStream(1, 'random', number);
    return valuesOf(Object.fromEntries(space.map(({ name }) => [name, draw.uniform()])));
  });
  expect(volume(found)).toBeGreaterThan(volume(random) + 0.5);
  expect(volume(found)).toBeGreaterThan(volume(found.slice(0, 20)) + 0.5);
});
