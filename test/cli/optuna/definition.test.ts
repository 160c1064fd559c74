import { describe, expect, test } from 'vitest';
import { definitionOf } from '../../../src/cli/optuna/definition.ts';
import type { OptunaStudy } from '../../../src/cli/optuna/optuna-study.ts';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveNewSpec } from '../../../src/studies/definition/resolve.ts';
import { choice, float, int, optunaStudy, trial } from './optuna-trials.ts';

const imported = (study: OptunaStudy, options = {}) => definitionOf(study, { sampler: 'tpe', trials: 100, ...options });
const x = float(0, 1);
const c = choice('a', null);

test('a study becomes a definition that the service accepts', () => {
  const { definition, remarks } = imported(optunaStudy([trial({ x: [0.25, x] })]));
  const { givenTrials, ...others } = definition;
  expect(others).toEqual({
    name: 'mine',
    searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1, scale: 'linear' }],
    metrics: [{ name: 'value' }],
    sampler: { type: 'tpe' },
    budget: { trials: 100 },
    objective: { type: 'external', metrics: [{ name: 'value', direction: 'minimize' }], steps: 1 },
  });
  expect(givenTrials).toEqual([{ parameters: { x: 0.25 }, values: { value: 1 } }]);
  expect(remarks).toEqual([]);
  const spec = resolveNewSpec(studySpecSchema.parse(others), 1);
  expect([spec.metrics, spec.schedule]).toEqual([[{ name: 'value', direction: 'minimize' }], 'asynchronous']);
});

test('the options name the study, its sampler, seed and number of trials', () => {
  const { definition } = imported(optunaStudy([trial({ x: [0.25, x] })]), { name: 'own', sampler: 'random', trials: 7, seed: 3 });
  expect(definition).toMatchObject({ name: 'own', sampler: { type: 'random' }, budget: { trials: 7 }, seed: 3 });
});

test('completed trials come first, in order, then the waiting ones; the others are counted', () => {
  const trials = [
    trial({ x: [0.1, x], c: ['a', c] }, { values: [3], reports: 5 }),
    trial({}, { state: 'WAITING', enqueued: { x: 0.5, c: null } }),
    trial({ x: [0.2, x], c: [null, c] }, { state: 'PRUNED', reports: 9 }),
    trial({ x: [0.3, x], c: [null, c] }, { values: [Number.POSITIVE_INFINITY], attributes: 2 }),
    trial({ x: [0.4, x] }, { state: 'FAIL' }),
    trial({ x: [0.4, x] }, { state: 'RUNNING' }),
    trial({ x: [0.9, x], c: ['a', c] }, { state: 'WAITING' }),
    trial({}, { state: 'WAITING', enqueued: { x: 0.5 } }),
    trial({}, { state: 'WAITING', enqueued: { x: 1.5, c: 'a' } }),
  ];
  const { definition, summary, remarks } = imported(optunaStudy(trials));
  expect(definition.givenTrials).toEqual([
    { parameters: { x: 0.1, c: 'a' }, values: { value: 3 } },
    { parameters: { x: 0.3, c: 'None' }, values: { value: null } },
    { parameters: { x: 0.5, c: 'None' } },
    { parameters: { x: 0.9, c: 'a' } },
  ]);
  expect(definition.objective).toMatchObject({ steps: 5 });
  expect(summary).toBe('Optuna study "mine": 2 results taken, 2 waiting; left out: 1 pruned, 1 failed, 1 running');
  expect(remarks).toEqual([
    'the parameter "c": a choice is text now: "None"',
    '1 result that is not finite ranks last',
    '2 waiting trials are left out: not every parameter has a value in the search space',
    'the user attributes of 1 trial are left out',
  ]);
});

test('user attributes of the study become labels where they fit', () => {
  const userAttributes = { team: 'vision', data: { n: 3 }, 'no label!': 1, long: 'x'.repeat(201) };
  const { definition, remarks } = imported(optunaStudy([trial({ x: [0.1, x] })], { userAttributes }));
  expect(definition.labels).toEqual({ team: 'vision', data: '{"n":3}' });
  expect(remarks).toEqual(['attributes of the study that no label can hold are left out: "no label!", "long"']);
});

describe('of more results than a definition can have', () => {
  const trials = Array.from({ length: 10_002 }, (_, number) =>
    trial({ i: [number, int(0, 20_000)] }, { number, values: [number === 5 ? Number.NaN : (number * 7919) % 10_007] }),
  );
  const numbers = (direction: 'MINIMIZE' | 'MAXIMIZE') => {
    const { definition, remarks } = imported(optunaStudy(trials, { directions: [direction] }));
    const given = definition.givenTrials as { parameters: { i: number } }[];
    expect(remarks.at(-1)).toBe('only the best 10000 of 10002 results are taken: a definition has at most 10000 known and waiting trials');
    return given.map(({ parameters }) => parameters.i);
  };
  const value = (number: number): number => (number * 7919) % 10_007;

  test('waiting trials are kept, and take the places of results', () => {
    const waiting = trial({ i: [7, int(0, 20_000)] }, { state: 'WAITING' });
    const { definition, summary } = imported(optunaStudy([waiting, ...trials]));
    expect(definition.givenTrials).toHaveLength(10_000);
    expect(definition.givenTrials).toEqual(expect.arrayContaining([{ parameters: { i: 7 } }]));
    expect(summary).toBe('Optuna study "mine": 9999 results taken, 1 waiting');
  });

  test.each(['MINIMIZE', 'MAXIMIZE'] as const)('the best are taken, in order: %s', (direction) => {
    const taken = numbers(direction);
    expect(taken).toHaveLength(10_000);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    const left = trials.map(({ number }) => number).filter((number) => !taken.includes(number));
    const finite = trials.map(({ number }) => number).filter((number) => number !== 5);
    const worst = finite.toSorted((a, b) => (direction === 'MINIMIZE' ? value(b) - value(a) : value(a) - value(b)))[0];
    expect(left).toEqual([5, worst].toSorted((a, b) => Number(a) - Number(b)));
  });
});

test('several objectives become as many metrics, whose results have all of them', () => {
  const trials = [trial({ x: [0.1, x] }, { values: [1, 2] }), trial({ x: [0.2, x] }, { values: [3, Number.NaN] })];
  const { definition } = imported(optunaStudy(trials, { directions: ['MINIMIZE', 'MAXIMIZE'] }), { sampler: 'auto' });
  expect(definition).toMatchObject({
    metrics: [{ name: 'value1' }, { name: 'value2' }],
    objective: {
      metrics: [
        { name: 'value1', direction: 'minimize' },
        { name: 'value2', direction: 'maximize' },
      ],
    },
    givenTrials: [{ values: { value1: 1, value2: 2 } }, { values: { value1: 3, value2: null } }],
  });
  expect(resolveNewSpec(studySpecSchema.parse(definition), 1).metrics).toHaveLength(2);
  const named = imported(optunaStudy(trials, { directions: ['MINIMIZE', 'MAXIMIZE'], metricNames: ['loss', 'recall'] }));
  expect(named.definition).toMatchObject({ metrics: [{ name: 'loss' }, { name: 'recall' }] });
});

test('more objectives than a study has, or none with a direction, are refused with the reason', () => {
  const trials = [trial({ x: [0.1, x] }, { values: [1, 2] })];
  expect(() => imported(optunaStudy(trials, { directions: Array.from({ length: 5 }, () => 'MINIMIZE' as const) }))).toThrow(
    'the Optuna study has 5 objectives; a study here optimises at most 4',
  );
  expect(() => imported(optunaStudy(trials, { directions: ['NOT_SET'] }))).toThrow('has no direction');
});
