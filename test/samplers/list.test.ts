import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/samplers/contract.ts';
import { listOptionsSchema } from '../../src/samplers/list/options.ts';
import { listSampler } from '../../src/samplers/list/sampler.ts';
import { randomStream } from '../../src/shared/random.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

const problem: Problem = {
  direction: 'maximize',
  space: searchSpaceSchema.parse([
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
    { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd'] } },
    { type: 'int', name: 'units', low: 1, high: 9, step: 2 },
  ]),
};
const stream = (purpose: string, ...indices: number[]) => randomStream(1, purpose, ...indices);
const optionsOf = (points: readonly object[]) => listOptionsSchema.parse({ type: 'list', points });
const ask = (points: readonly Configuration[], firstIndex: number, count: number) =>
  listSampler.suggest(problem, optionsOf(points), { version: 1 }, { firstIndex, count, stream, history: [], pending: [] });

describe('a list', () => {
  const points = [
    { units: 3, optimizer: 'adam' },
    { units: 1, momentum: 1 / 3, optimizer: 'sgd' },
    { units: 3, optimizer: 'adam' },
  ];

  test('is tried in its order, each point as often as it is listed, in the order and the form of the space', () => {
    const proposal = ask(points, 0, 10);
    expect(proposal).toEqual({
      kind: 'suggestions',
      suggestions: [
        { parameters: { optimizer: 'adam', units: 3 }, origin: { sampler: 'list', point: 0 } },
        { parameters: { optimizer: 'sgd', momentum: 0.333333333333, units: 1 }, origin: { sampler: 'list', point: 1 } },
        { parameters: { optimizer: 'adam', units: 3 }, origin: { sampler: 'list', point: 2 } },
      ],
    });
    expect(proposal.kind === 'suggestions' && proposal.suggestions.map(({ parameters }) => Object.keys(parameters))).toEqual([
      ['optimizer', 'units'],
      ['optimizer', 'momentum', 'units'],
      ['optimizer', 'units'],
    ]);
  });

  test('ends: it gives what is left, then says that all is tried', () => {
    expect(ask(points, 2, 5)).toMatchObject({ kind: 'suggestions', suggestions: [{ origin: { point: 2 } }] });
    expect(ask(points, 3, 1)).toEqual({ kind: 'exhausted', reason: 'all 3 listed configurations are tried' });
  });
});

describe('the points of a list', () => {
  const violationsOf = (points: readonly object[]) => listSampler.check(problem, optionsOf(points)).map(({ pointer }) => pointer);

  test('may be any values that the parameters take, each once or more', () => {
    const point = { optimizer: 'sgd', momentum: 0.1 + 0.2, units: 9 };
    expect(violationsOf([point, point])).toEqual([]);
  });

  test.each([
    ['lack a parameter that exists', { optimizer: 'sgd', units: 1 }, '/points/1'],
    ['name a parameter that does not exist in them', { optimizer: 'adam', momentum: 0.5, units: 1 }, '/points/1/momentum'],
    ['name a parameter that the space lacks', { optimizer: 'adam', units: 1, wings: 2 }, '/points/1/wings'],
    ['have a value beside the steps', { optimizer: 'adam', units: 2 }, '/points/1/units'],
    ['have a value of another type', { optimizer: 'adam', units: '1' }, '/points/1/units'],
  ])('are refused where they %s', (_what, point, pointer) => {
    expect(violationsOf([{ optimizer: 'adam', units: 1 }, point])).toEqual([pointer]);
  });

  test('are refused for all their faults at once', () => {
    expect(violationsOf([{ optimizer: 'sgd' }, { optimizer: 'adam', units: 4, wings: 1 }])).toEqual([
      '/points/0',
      '/points/0',
      '/points/1/units',
      '/points/1/wings',
    ]);
  });

  test('are at least one', () => {
    expect(listOptionsSchema.safeParse({ type: 'list', points: [] }).success).toBe(false);
  });
});
