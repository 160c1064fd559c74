import { describe, expect, test } from 'vitest';
import { closedGeneration, firstState } from '../../../src/samplers/cma-es/generation.ts';
import { cmaEsSampler } from '../../../src/samplers/cma-es/sampler.ts';
import { cmaEsStateSchema } from '../../../src/samplers/cma-es/state.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { bowl, continuous, given, optionsOf, searched } from './searches.ts';

const space = continuous(2);
const problem = { space, direction: 'minimize' } as const;
const options = optionsOf({ population: 6 });
const start = firstState(problem, options);

/** A first generation with these values. */
function generationOf(values: readonly (number | null)[], firstNumber = 0): Observation[] {
  const stream = (purpose: string, ...indices: number[]) => randomStream(4, purpose, ...indices);
  const proposal = cmaEsSampler.suggest(problem, options, start, { firstIndex: 0, count: 6, stream, history: [], pending: [] });
  if (proposal.kind !== 'suggestions') throw new Error('the first generation has trials to suggest');
  return proposal.suggestions.map((suggestion, index) => ({
    ...suggestion,
    number: firstNumber + index,
    index,
    value: values[index] ?? null,
  }));
}

const closed = (observations: readonly Observation[]) => closedGeneration(problem, options, start, observations);
const values = [3, 1, 4, 1.5, 9, 2.6];

/** The steps of the mean, in deviations of the first generation. */
function stepTo({ distribution: { mean } }: ReturnType<typeof closed>): number {
  return Math.hypot(...mean.map((coordinate, index) => (coordinate - (start.distribution.mean[index] ?? 0)) / start.distribution.sigma));
}

describe('trials are ranked', () => {
  test('by rank alone: a monotone change of the values changes nothing', () => {
    const { members: _, bests: __, ...one } = closed(generationOf(values));
    const { members: ___, bests: ____, ...other } = closed(generationOf(values.map((value) => Math.exp(value))));
    expect(one).toEqual(other);
  });

  test('with those that failed last, as if their values were the worst', () => {
    const failed = closed(generationOf([3, null, 4, 1.5, null, 2.6]));
    expect(failed.distribution).toEqual(closed(generationOf([3, 100, 4, 1.5, 200, 2.6])).distribution);
  });

  test('with ties to the lower number', () => {
    expect(closed(generationOf([2, 2, 1, 2, 0, 2])).distribution).toEqual(closed(generationOf([2, 3, 1, 4, 0, 5])).distribution);
  });

  test('unless all failed: the distribution stays, and the next generation comes', () => {
    const after = closed(generationOf([]));
    expect(after.distribution).toEqual(start.distribution);
    expect(after.generation).toBe(1);
    expect(after.firstTrial).toBe(6);
  });

  test('as far as there are any, where the budget cuts a generation short', () => {
    const after = closed(generationOf(values).slice(0, 3));
    expect(after.firstTrial).toBe(3);
    expect(after.distribution).not.toEqual(start.distribution);
    expect(closed(generationOf(values).slice(0, 1)).distribution).toEqual(start.distribution);
  });

  test('and the search leaves a region where all fail', () => {
    const { observations } = searched({
      space,
      objective: (parameters, number) => (Number(parameters['x0']) < 1 ? null : bowl(1)(parameters, number)),
      generations: 25,
    });
    expect(observations.slice(-30).filter(({ value }) => value === null).length).toBeLessThan(10);
  });
});

describe('a trial that a client gave', () => {
  const corner = { x0: 5, x1: -5 };

  test('takes part in the ranking, and uses no place of the generation', () => {
    const after = closed([given(0, corner, -1), ...generationOf(values, 1)]);
    expect(after.firstTrial).toBe(6);
    const without = closed(generationOf(values));
    expect((after.distribution.mean[0] ?? 0) - (without.distribution.mean[0] ?? 0)).toBeGreaterThan(0.02);
    expect((after.distribution.mean[1] ?? 0) - (without.distribution.mean[1] ?? 0)).toBeLessThan(-0.02);
  });

  test('moves the mean by no more than a drawn one could: its step is cut to the length √n + 2n / (n + 2)', () => {
    const tiny = optionsOf({ population: 6, sigma: 0.001 });
    const state = firstState(problem, tiny);
    const proposal = cmaEsSampler.suggest(problem, tiny, state, {
      firstIndex: 0,
      count: 6,
      stream: (purpose, ...indices) => randomStream(4, purpose, ...indices),
      history: [],
      pending: [],
    });
    const own = proposal.kind === 'suggestions' ? proposal.suggestions : [];
    const seen = own.map((suggestion, index) => ({ ...suggestion, number: index + 1, index, value: index }));
    const { distribution } = closedGeneration(problem, tiny, state, [given(0, corner, -1), ...seen]);
    const moved = Math.hypot(...distribution.mean.map((coordinate) => (coordinate - 0.5) / 0.001));
    expect(moved).toBeLessThan(Math.SQRT2 + 1);
    expect(distribution.sigma / 0.001).toBeLessThan(Math.E);
  });

  test('without a value changes nothing', () => {
    expect(closed([given(0, corner, null), ...generationOf(values, 1)]).distribution).toEqual(closed(generationOf(values, 1)).distribution);
  });

  test('is one of at most as many as the generation has trials, the best of them', () => {
    const many = Array.from({ length: 40 }, (_, number) => given(number, { x0: (number % 9) - 4, x1: (number % 7) - 3 }, number));
    const best = many.slice(0, 6);
    expect(closed([...many, ...generationOf(values, 40)]).distribution).toEqual(
      closed([...best, ...generationOf(values, 40)]).distribution,
    );
  });

  test('with a known result from before the first generation starts the search near the best results', () => {
    const after = closed([given(0, { x0: 4, x1: -4 }, -1, true), ...generationOf(values, 1)]);
    const [x = 0, y = 0] = after.distribution.mean;
    expect(x).toBeCloseTo(0.9, 10);
    expect(y).toBeCloseTo(0.1, 10);
    expect(after.distribution.sigma).toBeCloseTo(0.1, 10);
    expect(stepTo(after)).toBeGreaterThan(2);
  });

  test('and is known speeds up the search', () => {
    const known = Array.from({ length: 30 }, (_, number) => {
      const parameters = { x0: ((number * 7) % 11) - 5, x1: ((number * 3) % 10) - 4.5 };
      return given(number, parameters, bowl(1)(parameters, number), true);
    });
    const generations = 12;
    const bests = [1, 2, 3, 4, 5].map((seed) => [
      searched({ space, objective: bowl(1), generations, seed, given: known }).least,
      searched({ space, objective: bowl(1), generations, seed }).least,
    ]);
    const meanLog = (place: number) => bests.reduce((sum, each) => sum + Math.log10(each[place] ?? Number.NaN), 0) / bests.length;
    expect(meanLog(0)).toBeLessThan(meanLog(1) - 0.3);
  });
});

describe('a modified document is refused:', () => {
  const [first, ...others] = generationOf(values);
  const point = first?.origin['coordinates'];

  test.each([
    ['a coordinate is missing', { coordinates: [0.5], choices: [] }],
    ['there is a choice too many', { coordinates: point, choices: [0] }],
    ['there is no point at all', {}],
  ])('%s', (_title, origin) => {
    expect(() => closed(first ? [{ ...first, origin: JSON.parse(JSON.stringify(origin)) }, ...others] : [])).toThrow();
  });

  test('its state belongs to another space', () => {
    const other = { space: continuous(3), direction: 'minimize' } as const;
    expect(() => closedGeneration(other, options, start, generationOf(values))).toThrow('the axes of its space');
  });

  test.each(['mean', 'covariance'] as const)('an average of its learning rates has another length: %s', (part) => {
    const rate = (length: number) => ({ average: Array<number>(length).fill(0), square: 0, rate: 1 });
    const state = (rates: object) => cmaEsStateSchema.parse({ ...start, distribution: { ...start.distribution, rates } });
    const size = start.distribution.mean.length;
    const rates = { mean: rate(size), covariance: rate(size * size) };
    const close = (changed: object) => () => closedGeneration(problem, options, state(changed), generationOf(values));
    expect(close(rates)).not.toThrow();
    expect(close({ ...rates, [part]: rate(size + 1) })).toThrow('the axes of its space');
  });
});
