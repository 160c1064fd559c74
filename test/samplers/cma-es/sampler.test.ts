import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cmaEsSampler } from '../../../src/samplers/cma-es/sampler.ts';
import { pinnedSampler, samplerOptionsSchema } from '../../../src/samplers/table.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';
import { bowl, continuous, leastAtRandom, optionsOf, searched } from './searches.ts';

const stream = (purpose: string, ...indices: number[]) => randomStream(9, purpose, ...indices);

describe('the search converges', () => {
  test.each([
    { dimensions: 2, ratio: 1, generations: 40, bound: 1e-4 },
    { dimensions: 2, ratio: 1000, generations: 60, bound: 1e-4 },
    { dimensions: 5, ratio: 1, generations: 60, bound: 1e-3 },
    { dimensions: 5, ratio: 10, generations: 110, bound: 1e-3 },
  ])('on a bowl of $dimensions dimensions (ratio $ratio), where random search is far off', ({ dimensions, ratio, generations, bound }) => {
    const space = continuous(dimensions);
    for (const seed of [1, 2, 3]) {
      const { least, observations } = searched({ space, objective: bowl(ratio), generations, seed });
      expect(least).toBeLessThan(bound);
      expect(leastAtRandom(space, bowl(ratio), observations.length, seed)).toBeGreaterThan(100 * bound);
    }
  });

  test('on a log scale, and where more is better', () => {
    const space = searchSpaceSchema.parse([{ type: 'float', name: 'rate', low: 1e-6, high: 1, scale: 'log' }]);
    const objective = ({ rate }: Readonly<Record<string, unknown>>) => -((Math.log10(Number(rate)) + 4.2) ** 2);
    const { observations } = searched({ space, objective, generations: 30, direction: 'maximize' });
    expect(Math.max(...observations.map(({ value }) => value ?? 0))).toBeGreaterThan(-1e-6);
  });
});

describe('whole numbers and steps', () => {
  const space = searchSpaceSchema.parse([
    { type: 'int', name: 'units', low: 1, high: 100 },
    { type: 'int', name: 'layers', low: 1, high: 6 },
    { type: 'float', name: 'dropout', low: 0, high: 0.9, step: 0.1 },
  ]);
  const distance = (parameters: Readonly<Record<string, unknown>>) =>
    ((Number(parameters['units']) - 83) / 10) ** 2 +
    (Number(parameters['layers']) - 2) ** 2 +
    100 * (Number(parameters['dropout']) - 0.7) ** 2;

  test('are found exactly, from every seed', () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(searched({ space, objective: distance, generations: 40, seed, options: { restarts: false } }).least).toBeLessThan(1e-9);
  });

  test('never get stuck: long after the search has converged, other values are still tried', () => {
    const { observations, state } = searched({ space, objective: distance, generations: 120, options: { restarts: false } });
    expect(state.distribution.sigma).toBeLessThan(1e-3);
    const late = observations.slice(-100);
    for (const name of ['units', 'layers', 'dropout'])
      expect(new Set(late.map(({ parameters }) => parameters[name])).size).toBeGreaterThan(1);
  });
});

describe('choices', () => {
  const space = searchSpaceSchema.parse([
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'rmsprop'] },
    { type: 'categorical', name: 'norm', choices: [true, false] },
  ]);

  test('that are better become likely, and the others stay possible', () => {
    const { state } = searched({
      space,
      objective: ({ x, optimizer, norm }) => Math.abs(Number(x) - 0.3) + (optimizer === 'rmsprop' ? 0 : 1) + (norm === true ? 0 : 0.5),
      generations: 30,
    });
    const [optimizers = [], norms = []] = state.distribution.categories.probabilities;
    expect(optimizers[2]).toBeGreaterThan(0.8);
    expect(norms[0]).toBeGreaterThan(0.8);
    for (const probability of [...optimizers, ...norms]) expect(probability).toBeGreaterThan(0.05);
  });

  test('are searched alone where there are no numbers', () => {
    const only = searchSpaceSchema.parse([{ type: 'categorical', name: 'kind', choices: ['a', 'b', 'c', 'd'] }]);
    const { state } = searched({
      space: only,
      objective: ({ kind }) => (kind === 'c' ? 0 : 1),
      generations: 20,
      options: { restarts: false },
    });
    expect(state.distribution.categories.probabilities[0]?.[2]).toBeGreaterThan(0.5);
  });
});

test('a parameter that does not exist in a configuration has a coordinate all the same', () => {
  const space = sampleSpace('conditions within conditions');
  const { observations } = searched({ space, objective: (_, number) => number % 5, generations: 5 });
  expect(observations.some(({ parameters }) => !('momentum' in parameters))).toBe(true);
  for (const { origin } of observations) expect(origin['coordinates']).toHaveLength(3);
});

test('continuous coordinates stay within the bounds, also where the optimum is outside of them', () => {
  const { observations, least } = searched({
    space: continuous(3),
    objective: (parameters) => -Object.values(parameters).reduce<number>((sum, value) => sum + Number(value), 0),
    generations: 30,
  });
  for (const { origin } of observations) {
    for (const coordinate of z.array(z.number()).parse(origin['coordinates'])) {
      expect(coordinate).toBeGreaterThanOrEqual(0);
      expect(coordinate).toBeLessThanOrEqual(1);
    }
  }
  expect(least).toBeLessThan(-14.7);
});

describe('a generation', () => {
  const problem = { space: continuous(2), direction: 'minimize' } as const;
  const options = optionsOf({ population: 6 });
  const state = cmaEsSampler.init(problem, options);
  const ask = (firstIndex: number, count: number) =>
    cmaEsSampler.suggest(problem, options, state, { firstIndex, count, stream, history: [], pending: [] });

  test('gives any trial alone as it gives it among the others', () => {
    const [all, alone] = [ask(0, 6), ask(4, 1)];
    expect(all.kind === 'suggestions' && all.suggestions[4]).toEqual(alone.kind === 'suggestions' && alone.suggestions[0]);
  });

  test('is complete before another trial is suggested', () => {
    expect(ask(6, 1)).toEqual({ kind: 'waiting' });
  });
});

describe('the options', () => {
  test('get their population when a study is created, by the number of parameters with more than one value', () => {
    const populationIn = (space: ReturnType<typeof continuous>) => {
      const pinned = pinnedSampler(samplerOptionsSchema.parse({ type: 'cma-es' }), { space, direction: 'minimize' });
      return pinned.type === 'cma-es' ? pinned.population : undefined;
    };
    expect([1, 2, 5, 10].map((dimensions) => populationIn(continuous(dimensions)))).toEqual([4, 6, 8, 10]);
    expect(populationIn(sampleSpace('a single value beside a free one'))).toBe(4);
    expect(optionsOf({ population: 30 }).population).toBe(30);
  });

  test('fix the number of trials of so many generations, unless restarts may enlarge them', () => {
    const problem = { space: continuous(2), direction: 'minimize' } as const;
    expect(cmaEsSampler.size(problem, optionsOf({ restarts: false }), { generations: 7 })).toBe(42);
    expect(cmaEsSampler.size(problem, optionsOf(), { generations: 7 })).toBeNull();
    expect(cmaEsSampler.size(problem, optionsOf({ restarts: false }), {})).toBeNull();
  });

  test('keep their population in a smaller search, which has fewer generations', () => {
    const notes: unknown[] = [];
    const note = (...change: [string, number, number]) => {
      notes.push(change);
      return change[2];
    };
    const options = optionsOf({ population: 9 });
    expect(cmaEsSampler.scale(options, { generations: 40 }, 0.1, note)).toEqual({ options, budget: { generations: 4 } });
    expect(cmaEsSampler.scale(options, { generations: 10 }, 0.01, note).budget).toEqual({ generations: 2 });
    expect(cmaEsSampler.scale(options, { trials: 40 }, 0.1, note).budget).toEqual({ trials: 40 });
    expect(notes).toEqual([
      ['generations', 40, 4],
      ['generations', 10, 2],
    ]);
  });
});

const digests = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('../../vectors/cma-es-searches.json', import.meta.url), 'utf8')));

const adapted = { population: 9, sigma: 0.4, learningRateAdaptation: true };

test.each(
  sampleSpaceNames.flatMap((name) => [
    { title: name, name, options: {} },
    { title: `${name}, adapted learning rate`, name, options: adapted },
  ]),
)('version 1 searches the same as ever: $title', ({ title, name, options }) => {
  const draws = randomStream(5, 'known-search');
  const objective = () => (draws.uniform() < 0.1 ? null : draws.uniform());
  const { state, observations } = searched({ space: sampleSpace(name), objective, generations: 15, options, direction: 'maximize' });
  expect(digestOf({ state, parameters: observations.map(({ parameters }) => parameters) }).slice(0, 16)).toBe(digests[title]);
});
