import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/samplers/observation.ts';
import { samplerFor } from '../../../src/samplers/table.ts';
import { randomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';

const stream = (purpose: string, ...indices: number[]) => randomStream(5, purpose, ...indices);

/** Runs a search, one trial after another. */
function search(space: SearchSpace, value: (parameters: Configuration, number: number) => number | null, trials: number): Observation[] {
  const sampler = samplerFor({ space, direction: 'minimize' }, { type: 'gp', startupTrials: 8 });
  const history: Observation[] = [];
  while (history.length < trials) {
    const number = history.length;
    const proposal = sampler.suggest(sampler.init(), { firstIndex: number, count: 1, history, pending: [], stream });
    if (proposal.kind !== 'suggestions') throw new Error('a GP always has a suggestion');
    const [suggestion] = proposal.suggestions;
    if (!suggestion) throw new Error('there is one');
    history.push({ ...suggestion, number, index: number, value: value(suggestion.parameters, number) });
  }
  return history;
}

const square = searchSpaceSchema.parse(['x', 'y'].map((name) => ({ type: 'float', name, low: -1, high: 1 })));
const bowl = ({ x, y }: Configuration) => (Number(x) - 0.3) ** 2 + 2 * (Number(y) + 0.6) ** 2 + 0.5 * Number(x) * Number(y);

function least(history: readonly Observation[]): number {
  return Math.min(...history.map(({ value }) => value ?? Number.POSITIVE_INFINITY));
}

describe('the sampler gp', () => {
  test('finds the bottom of a bowl in 25 trials', () => {
    // The gradient is zero there: 2x − 0.6 + y / 2 = 0 and 4y + 2.4 + x / 2 = 0.
    const [x, y] = [0.4645161290322581, -0.6580645161290323];
    const bottom = bowl({ x, y });
    expect(least(search(square, bowl, 25)) - bottom).toBeLessThan(1e-4);
  });

  test('tries every point of a small grid before it repeats one, and goes on afterwards', () => {
    const grid = searchSpaceSchema.parse(['x', 'y'].map((name) => ({ type: 'int', name, low: 1, high: 4 })));
    const history = search(grid, ({ x, y }) => Number(x) * Number(y), 26);
    const points = history.map(({ parameters }) => `${parameters['x']} ${parameters['y']}`);
    // The initial design does not look at what was tried.
    const designed = new Set(points.slice(0, 8)).size;
    expect(new Set(points.slice(0, 8 + 16 - designed)).size).toBe(16);
    expect(points).toHaveLength(26);
  });

  test.each([
    ['all alike', () => 1],
    ['all failed', () => null],
    ['infinite now and then', (_: Configuration, number: number) => (number % 2 === 0 ? Number.POSITIVE_INFINITY : number)],
    ['as large as doubles get', (_: Configuration, number: number) => (number % 2 === 0 ? 1e308 : -1e308)],
  ])('searches on where values are %s', (_name, value) => {
    const history = search(square, value, 14);
    for (const { parameters } of history) {
      expect(Number(parameters['x'])).toBeGreaterThanOrEqual(-1);
      expect(Number(parameters['x'])).toBeLessThanOrEqual(1);
    }
    expect(new Set(history.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(14);
  });

  test.each([
    ['as wide as doubles are', 1e-300, 1e300],
    ['of six hundred decades', 1e-300, 1],
    ['of thirty decades', 1e-30, 1],
    ['very narrow', 1, 1 + 1e-9],
  ])('searches a range that is %s', (_title, low, high) => {
    const space = searchSpaceSchema.parse([{ type: 'float', name: 'x', low, high }]);
    for (const { parameters } of search(space, ({ x }) => Math.abs(Math.log(Number(x))), 13)) {
      expect(Number(parameters['x'])).toBeGreaterThanOrEqual(low);
      expect(Number(parameters['x'])).toBeLessThanOrEqual(high);
    }
  });

  test('stays away from a region where trials fail', () => {
    // Two thirds of the square: of 20 trials anywhere, 13 would fail.
    const history = search(square, (parameters) => (Number(parameters['x']) > -0.3 ? null : bowl(parameters)), 30);
    const failures = history.slice(10).filter(({ value }) => value === null).length;
    expect(failures).toBeLessThan(7);
    expect(history.slice(10).some(({ value }) => value !== null)).toBe(true);
  });
});
