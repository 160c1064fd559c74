import { describe, expect, test } from 'vitest';
import { describeGenetic } from '../../../src/samplers/genetic/describe.ts';
import { geneticOptionsSchema, geneticViolations } from '../../../src/samplers/genetic/options.ts';
import { geneticSampler } from '../../../src/samplers/genetic/sampler.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
  { type: 'int', name: 'units', low: 1, high: 64 },
]);
const problem = { space, direction: 'minimize' } as const;
const stream = (purpose: string, ...indices: number[]) => randomStream(9, purpose, ...indices);
const optionsOf = (options: object) => geneticOptionsSchema.parse({ type: 'genetic', ...options });

/** Runs whole generations. */
function generations(count: number, fields: object, value: (parameters: Observation['parameters']) => number) {
  const options = optionsOf(fields);
  let state = geneticSampler.init(problem, options);
  const trials: Observation[] = [];
  for (let index = 0; index < count; index += 1) {
    const request = { firstIndex: state.firstTrial, count: 1000, stream, history: [], pending: [] };
    const proposal = geneticSampler.suggest(problem, options, state, request);
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const seen = proposal.suggestions.map((suggestion, slot): Observation => {
      const number = trials.length + slot;
      return { ...suggestion, number, index: number, value: value(suggestion.parameters) };
    });
    trials.push(...seen);
    state = geneticSampler.observe(problem, options, state, seen);
  }
  return { trials, state };
}

const distance = (parameters: Observation['parameters']) =>
  Math.abs(Math.log10(Number(parameters['rate'])) + 3) + Math.abs(Number(parameters['units']) - 20) / 10;

test('options that a definition leaves out stay out: the paper needs none of them', () => {
  const fields = ['variation', 'selection', 'tournamentSize', 'realCrossover', 'realMutation'];
  expect(Object.keys(optionsOf({})).filter((key) => fields.includes(key))).toEqual([]);
});

test('the options that name the methods of the paper suggest what no options suggest', () => {
  const named = generations(3, { variation: 'bits', selection: 'fitness' }, distance);
  expect(named).toEqual(generations(3, {}, distance));
});

describe('a new study', () => {
  const pinned = (fields: object) => geneticSampler.pinned?.(optionsOf(fields), { space, direction: 'maximize' });

  test('names the defaults of the methods that it chose', () => {
    expect(pinned({ selection: 'tournament' })).toEqual(optionsOf({ selection: 'tournament', tournamentSize: 5 }));
    expect(pinned({ variation: 'real' })).toEqual({
      ...optionsOf({ variation: 'real' }),
      realCrossover: { probability: 0.9, distributionIndex: 15 },
      realMutation: { probability: 0.5, distributionIndex: 20 },
    });
  });

  test('keeps what it says itself, and nothing else where it chose the methods of the paper', () => {
    const chosen = { probability: 0.1, distributionIndex: 3 };
    const all = { selection: 'tournament', tournamentSize: 2, variation: 'real', realCrossover: chosen, realMutation: chosen };
    expect(pinned(all)).toEqual(optionsOf(all));
    expect(JSON.stringify(pinned({}))).toBe(JSON.stringify(optionsOf({})));
    expect(JSON.stringify(pinned({ variation: 'bits', selection: 'fitness' }))).toBe(
      JSON.stringify(optionsOf({ variation: 'bits', selection: 'fitness' })),
    );
  });

  test('suggests what a study without these names suggests', () => {
    const fields = { variation: 'real', selection: 'tournament', population: 6 };
    expect(generations(3, { ...pinned(fields) }, distance)).toEqual(generations(3, fields, distance));
  });
});

describe('the variation real', () => {
  test('comes closer to the optimum than its first generation, with steps finer than those of bits', () => {
    const { trials, state } = generations(8, { variation: 'real', selection: 'tournament' }, distance);
    const values = trials.map(({ parameters }) => distance(parameters));
    expect(Math.min(...values)).toBeLessThan(Math.min(...values.slice(0, 20)) / 3);
    expect(state.population.every(({ genome }) => Array.isArray(genome))).toBe(true);
  });

  test('tries no configuration of the population again', () => {
    const { trials } = generations(3, { variation: 'real', elites: 0, population: 12 }, distance);
    const keys = trials.map(({ parameters }) => JSON.stringify(parameters));
    for (const [number, key] of keys.entries()) {
      if (number < 12) continue;
      const generation = 12 * Math.floor(number / 12);
      expect(keys.slice(generation - 12, generation)).not.toContain(key);
    }
  });
});

test('a tournament of all members always chooses the best and the second best', () => {
  const { trials } = generations(2, { population: 6, selection: 'tournament', tournamentSize: 6 }, distance);
  const order = trials
    .slice(0, 6)
    .toSorted((one, other) => Number(one.value) - Number(other.value))
    .map(({ number }) => number);
  const best = order.slice(0, 2).toSorted();
  for (const { origin } of trials.slice(6)) {
    const { parents } = origin;
    expect(Array.isArray(parents) && parents.toSorted()).toEqual(best);
  }
});

test('options of a method that is not chosen are violations', () => {
  const pointers = (fields: object) => geneticViolations(problem, optionsOf(fields)).map(({ pointer }) => pointer);
  expect(pointers({ tournamentSize: 3, realCrossover: {}, realMutation: {} })).toEqual([
    '/tournamentSize',
    '/realCrossover',
    '/realMutation',
  ]);
  expect(pointers({ selection: 'tournament', tournamentSize: 3, variation: 'real', realCrossover: {}, realMutation: {} })).toEqual([]);
});

test('reports name the methods', () => {
  expect(describeGenetic(optionsOf({ variation: 'real', selection: 'tournament', tournamentSize: 4 }))).toBe(
    'genetic algorithm: 20 individuals, 1 elite, tournaments of 4, real-coded',
  );
});
