import { describe, expect, test } from 'vitest';
import type { Direction, SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { tpeOptionsSchema } from '../../../src/samplers/tpe/options.ts';
import { tpeSampler } from '../../../src/samplers/tpe/sampler.ts';
import { randomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';

const unit = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: 0, high: 1 }]);
const presets = [['default'], ['hyperopt']] as const;

interface Ask {
  readonly space?: SearchSpace;
  readonly direction?: Direction;
  readonly options?: object;
  readonly history?: readonly Observation[];
  readonly pending?: readonly Configuration[];
  readonly seed?: number;
}

function suggest({ space = unit, direction = 'minimize', options = {}, history = [], pending = [], seed = 1 }: Ask) {
  const parsed = tpeOptionsSchema.parse({ type: 'tpe', ...options });
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(seed, purpose, ...indices);
  const firstIndex = history.length + pending.length;
  const proposal = tpeSampler.suggest({ space, direction }, parsed, { version: 1 }, { firstIndex, count: 1, history, pending, stream });
  const suggestion = proposal.kind === 'suggestions' ? proposal.suggestions[0] : undefined;
  if (!suggestion) throw new Error('no suggestion');
  return suggestion;
}

/** Trials at these places of the unit interval, or with these parameters. */
function historyOf(trials: readonly (readonly [number | Configuration, number | null])[]): Observation[] {
  return trials.map(([at, value], number) => ({
    number,
    index: number,
    parameters: typeof at === 'number' ? { x: at } : at,
    origin: {},
    value,
  }));
}

const spread = Array.from({ length: 40 }, (_, index) => (index + 0.5) / 40);
/** A bowl around 0.7. */
const bowl = historyOf(spread.map((x) => [x, (x - 0.7) ** 2] as const));
const seeds = Array.from({ length: 60 }, (_, index) => index);
const xs = (ask: Ask) => seeds.map((seed) => Number(suggest({ ...ask, seed }).parameters['x']));
const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

describe.each(presets)('TPE with the preset %s', (preset) => {
  test('draws at random until it has enough trials, pending ones included, then asks the model', () => {
    const phases = (startupTrials: number) =>
      [0, 1, 4, 5, 6].map((count) => {
        const history = bowl.slice(0, Math.min(count, 3));
        const pending = bowl.slice(history.length, count).map(({ parameters }) => parameters);
        return suggest({ options: { preset, startupTrials }, history, pending }).origin['phase'];
      });
    expect(phases(5)).toEqual(['startup', 'startup', 'startup', 'model', 'model']);
    expect(phases(0)).toEqual(['startup', 'model', 'model', 'model', 'model']);
  });

  test('looks where good trials are, whichever way is better', () => {
    const found = xs({ options: { preset }, history: bowl });
    expect(Math.abs(middle(found) - 0.7)).toBeLessThan(0.08);
    const negated = bowl.map((trial) => ({ ...trial, value: -Number(trial.value) }));
    expect(xs({ options: { preset }, history: negated, direction: 'maximize' })).toEqual(found);
  });

  test('counts failed trials as bad: it moves away from them', () => {
    const failing = bowl.map((trial, index) => (index >= 24 ? { ...trial, value: null } : trial));
    expect(middle(xs({ options: { preset }, history: failing }))).toBeLessThan(0.65);
  });

  test('gives ties to the lower number', () => {
    const flat = historyOf([0.1, 0.9].flatMap((x) => spread.slice(0, 20).map((offset) => [x + offset / 100, 1] as const)));
    expect(middle(xs({ options: { preset }, history: flat }))).toBeLessThan(0.5);
  });

  test('copes with trials that all failed and with a single trial', () => {
    const failed = historyOf(spread.map((x) => [x, null] as const));
    for (const history of [failed, failed.slice(0, 1), bowl.slice(0, 1)]) {
      const { parameters, origin } = suggest({ options: { preset, startupTrials: 1 }, history });
      expect(Number(parameters['x'])).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(origin['acquisition'])).toBe(true);
    }
  });

  test('says how it came to a suggestion', () => {
    const { origin } = suggest({ options: { preset }, history: bowl });
    const good = preset === 'default' ? 6 : 2;
    expect(origin).toEqual({ sampler: 'tpe', phase: 'model', good, bad: 40 - good, acquisition: expect.any(Number) });
    expect(Number(origin['acquisition'])).toBeGreaterThan(0);
  });

  test('is not moved by what it is not shown: equal input in other objects gives the same suggestion', () => {
    const ask = { options: { preset }, history: bowl, pending: [{ x: 0.5 }] };
    expect(suggest(structuredClone(ask))).toEqual(suggest(ask));
    const other = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: 0, high: 2 }]);
    const before = suggest({ ...ask, space: other });
    suggest(ask);
    expect(suggest({ ...ask, space: other })).toEqual(before);
  });

  test('moves away from pending trials', () => {
    const options = { preset };
    const without = xs({ options, history: bowl });
    const around = [0.66, 0.68, 0.7, 0.72, 0.74].map((x) => ({ x }));
    const near = (values: readonly number[]) => values.filter((x) => Math.abs(x - 0.7) < 0.05).length;
    expect(near(xs({ options, history: bowl, pending: around }))).toBeLessThan(near(without));
  });

  test('never suggests the same twice in a row while the first is pending, where there is more to try', () => {
    for (const seed of seeds) {
      const first = suggest({ options: { preset }, history: bowl, seed });
      const second = suggest({ options: { preset }, history: bowl, pending: [first.parameters], seed });
      expect(second.parameters).not.toEqual(first.parameters);
    }
  });
});

describe('TPE with its default preset', () => {
  const pair = searchSpaceSchema.parse([
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'float', name: 'y', low: 0, high: 1 },
  ]);
  // Good only where x and y are alike: each alone says nothing.
  const diagonal = historyOf(
    spread.flatMap((x, index) => [0.15, 0.85].map((y) => [{ x, y: y + ((index * 7) % 10) / 100 }, Math.abs(x - y)] as const)),
  );

  test('models parameters together', () => {
    const distance = (preset: string) =>
      middle(
        seeds.map((seed) => {
          const { parameters } = suggest({ space: pair, options: { preset }, history: diagonal, seed });
          return Math.abs(Number(parameters['x']) - Number(parameters['y']));
        }),
      );
    expect(distance('default')).toBeLessThan(0.3);
    expect(distance('hyperopt')).toBeGreaterThan(0.6);
  });

  test('tries something new while there is anything new among the candidates', () => {
    const space = searchSpaceSchema.parse([{ type: 'int', name: 'x', low: 1, high: 12 }]);
    const history: Observation[] = [];
    for (let number = 0; number < 12; number += 1) {
      const { parameters, origin } = suggest({ space, options: { startupTrials: 1, candidates: 500 }, history });
      history.push({ number, index: number, parameters, origin, value: Number(parameters['x']) });
    }
    expect(new Set(history.map(({ parameters }) => parameters['x'])).size).toBe(12);
    expect(suggest({ space, options: { candidates: 500 }, history }).origin['phase']).toBe('model');
  });

  const tree = searchSpaceSchema.parse([
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
    { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd'] } },
    { type: 'float', name: 'beta', low: 0, high: 1, when: { parameter: 'optimizer', values: ['adam'] } },
    { type: 'float', name: 'decay', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd'] } },
  ]);
  const branches = historyOf(
    spread.map((x, index) =>
      index % 2 === 0
        ? ([{ optimizer: 'adam', beta: x }, 1 + x] as const)
        : ([{ optimizer: 'sgd', momentum: x, decay: 1 - x }, Math.abs(x - 0.8)] as const),
    ),
  );

  test('learns a branch from the trials that took it', () => {
    const found = seeds.map((seed) => suggest({ space: tree, history: branches, seed }).parameters);
    const taken = found.filter(({ optimizer }) => optimizer === 'sgd');
    expect(taken.length).toBeGreaterThan(found.length / 2);
    expect(Math.abs(middle(taken.map(({ momentum }) => Number(momentum))) - 0.8)).toBeLessThan(0.1);
    expect(Math.abs(middle(taken.map(({ decay }) => Number(decay))) - 0.2)).toBeLessThan(0.1);
  });

  test('has an answer for a branch that no trial took yet', () => {
    const adam = branches.filter(({ parameters }) => parameters['optimizer'] === 'adam');
    const other = seeds
      .map((seed) => suggest({ space: tree, options: { priorWeight: 1000 }, history: adam, seed }).parameters)
      .find(({ optimizer }) => optimizer === 'sgd');
    expect(Object.keys(other ?? {})).toEqual(['optimizer', 'momentum', 'decay']);
  });

  test('leaves a parameter of a single value alone, also where others depend on it', () => {
    const space = searchSpaceSchema.parse([
      { type: 'categorical', name: 'kind', choices: ['only'] },
      { type: 'float', name: 'rate', low: 0.5, high: 0.5 },
      { type: 'float', name: 'x', low: 0, high: 1, when: { parameter: 'kind', values: ['only'] } },
    ]);
    const history = bowl.map((trial) => ({ ...trial, parameters: { kind: 'only', rate: 0.5, ...trial.parameters } }));
    const found = seeds.map((seed) => suggest({ space, history, seed }).parameters);
    expect(found[0]).toEqual({ kind: 'only', rate: 0.5, x: expect.any(Number) });
    expect(Math.abs(middle(found.map(({ x }) => Number(x))) - 0.7)).toBeLessThan(0.08);
  });
});
