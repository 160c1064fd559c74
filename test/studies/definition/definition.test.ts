import { describe, expect, test, vi } from 'vitest';
import { DomainError } from '../../../src/shared/errors.ts';
import { resolvedSpecSchema, samplerOf, studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { sameSeedUntil, seedOf } from '../../../src/studies/definition/lineage.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const minimal = {
  name: 'a study',
  searchSpace: [{ type: 'int', name: 'hiddenUnits', low: 1, high: 64 }],
  metrics: [{ name: 'gain' }],
  sampler: { type: 'random' },
  budget: { trials: 10 },
  objective: { type: 'test-function', function: 'lstm-landscape' },
};
const resolve = (fields: object = {}) => resolveSpec(studySpecSchema.parse({ ...minimal, ...fields }), 77);

function pointersOf(fields: object): string[] {
  try {
    resolve(fields);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe('invalid-study');
    return error.violations.map((violation) => violation.pointer);
  }
}

/** Where the schema finds fault; zod may say the same of a number twice. */
function schemaPointers(fields: object): string[] {
  const issues = studySpecSchema.safeParse({ ...minimal, ...fields }).error?.issues ?? [];
  return [...new Set(issues.map((issue) => `/${issue.path.map(String).join('/')}`))];
}

describe('a resolved study', () => {
  test('has every default filled in, and is a resolved study once more when read back', () => {
    const spec = resolve();
    expect(spec).toEqual({
      ...minimal,
      searchSpace: [{ type: 'int', name: 'hiddenUnits', low: 1, high: 64, step: 1, scale: 'linear' }],
      metrics: [{ name: 'gain', direction: 'maximize' }],
      parallelism: 16,
      seed: 77,
      objectiveSeed: 77,
      retries: { maxAttempts: 3, on: ['crash', 'error', 'timeout'] },
      schedule: 'deterministic',
      evaluate: false,
      labels: {},
      objective: { ...minimal.objective, noise: 0, failures: 0, steps: 1, stepMs: 0 },
    });
    expect(resolvedSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test.each([
    [{ name: 'value' }, 'minimize'],
    [{ name: 'gain' }, 'maximize'],
    [{ name: 'value', direction: 'maximize' }, 'maximize'],
  ])('whose metric is %o is to %s it', (metric, direction) => {
    expect(resolve({ metrics: [metric] }).metrics[0]?.direction).toBe(direction);
  });

  test('keeps the seeds and the parallelism it was given; trainings take the seed of the search unless they have their own', () => {
    expect(resolve({ seed: 1, parallelism: 3 })).toMatchObject({ seed: 1, objectiveSeed: 1, parallelism: 3 });
    expect(resolve({ seed: 0, objectiveSeed: 2 })).toMatchObject({ seed: 0, objectiveSeed: 2 });
  });

  test('opens a whole population at once where it breeds', () => {
    expect(resolve({ sampler: { type: 'genetic', population: 9 } }).parallelism).toBe(9);
  });

  test('opens up to 100 trials at once for a sampler that looks back', () => {
    expect(resolve({ sampler: { type: 'tpe' } }).parallelism).toBe(4);
    expect(resolve({ sampler: { type: 'tpe' }, parallelism: 100 }).parallelism).toBe(100);
  });

  test('ends by itself where the sampler lists its points', () => {
    expect(resolve({ sampler: { type: 'list', points: [{ hiddenUnits: 5 }] }, budget: {} }).budget).toEqual({});
  });

  test('has the sampler that it names', () => {
    expect(samplerOf(resolve({ sampler: { type: 'grid' } })).name).toBe('grid');
  });
});

describe('a study that says how it retries and when it suggests', () => {
  test('retries what it names, or nothing, or every kind of failure', () => {
    expect(resolve({ retries: { on: ['timeout'] } }).retries).toEqual({ maxAttempts: 3, on: ['timeout'] });
    expect(resolve({ retries: { maxAttempts: 5, on: [] } }).retries).toEqual({ maxAttempts: 5, on: [] });
    expect(resolve({ retries: { maxAttempts: 5 } }).retries).toEqual({ maxAttempts: 5, on: ['crash', 'error', 'timeout'] });
  });

  test.each(['retries', 'budget', 'labels', 'schedule', 'evaluate', 'metrics'])('is not read back without its %s', (part) => {
    const { [part]: _left, ...rest }: Record<string, unknown> = resolve();
    expect(resolvedSpecSchema.safeParse(rest).success).toBe(false);
  });

  test('keeps its time limit and its schedule, and has none where it names none', () => {
    expect(resolve({ sampler: { type: 'tpe' }, timeoutSeconds: 0.5, schedule: 'asynchronous' })).toMatchObject({
      timeoutSeconds: 0.5,
      schedule: 'asynchronous',
    });
    expect(resolve()).not.toHaveProperty('timeoutSeconds');
    expect(resolve().schedule).toBe('deterministic');
  });

  test.each(['random', 'grid', 'tpe'])('may be asynchronous or deterministic with the %s sampler', (type) => {
    for (const schedule of ['asynchronous', 'deterministic']) expect(resolve({ sampler: { type }, schedule }).schedule).toBe(schedule);
  });

  test('may be deterministic where it breeds', () => {
    expect(resolve({ sampler: { type: 'genetic' }, schedule: 'deterministic' }).schedule).toBe('deterministic');
  });
});

describe('the seed of a trial', () => {
  const fork = {
    seed: 3,
    lineage: [
      { trials: 5, seed: 1 },
      { trials: 12, seed: 2 },
    ],
  };

  test('is the one of the study, or of the stretch that a fork kept', () => {
    expect([0, 1_000_000].map((number) => seedOf({ seed: 3 }, number))).toEqual([3, 3]);
    expect([0, 4, 5, 11, 12, 13].map((number) => seedOf(fork, number))).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('holds up to the end of its stretch', () => {
    expect([0, 4, 5, 11, 12].map((number) => sameSeedUntil(fork, number))).toEqual([5, 5, 12, 12, Number.POSITIVE_INFINITY]);
  });

  test('is read back only from stretches of which each keeps more than the one before', () => {
    expect(resolvedSpecSchema.parse({ ...resolve(), ...fork }).lineage).toEqual(fork.lineage);
    const disorderly = [
      fork.lineage.toReversed(),
      [
        { trials: 5, seed: 1 },
        { trials: 5, seed: 2 },
      ],
      [{ trials: 0, seed: 1 }],
      [],
    ];
    for (const lineage of disorderly) expect(resolvedSpecSchema.safeParse({ ...resolve(), lineage }).success).toBe(false);
  });
});

describe('a study is refused', () => {
  test.each([
    ['without an end', { budget: {} }, '/budget'],
    ['with only a target', { budget: { targetValue: 0.9 } }, '/budget'],
    ['with generations of a sampler that has none', { budget: { generations: 3, trials: 3 } }, '/budget/generations'],
    ['with more open trials than a sampler that looks back can use', { sampler: { type: 'tpe' }, parallelism: 101 }, '/parallelism'],
    ['asynchronous where it breeds whole generations', { sampler: { type: 'genetic' }, schedule: 'asynchronous' }, '/schedule'],
    ['with a metric that the objective lacks', { metrics: [{ name: 'recall' }] }, '/metrics/0/name'],
    ['with a value that the objective only shows as its metric', { metrics: [{ name: 'spread' }] }, '/metrics/0/name'],
    ['with more elites than population', { sampler: { type: 'genetic', population: 4, elites: 4 } }, '/sampler/elites'],
    [
      'with an endless grid',
      { sampler: { type: 'grid' }, searchSpace: [{ type: 'float', name: 'learningRate', low: 0.1, high: 0.5 }] },
      '/sampler/axes/learningRate',
    ],
    [
      'with a parameter that the objective lacks',
      { searchSpace: [{ type: 'int', name: 'wings', low: 1, high: 2 }] },
      '/searchSpace/0/name',
    ],
    [
      'with a range that the objective cannot evaluate',
      { searchSpace: [{ type: 'int', name: 'hiddenUnits', low: 0, high: 2 }] },
      '/searchSpace/0/low',
    ],
  ])('%s', (_what, fields, pointer) => {
    expect(pointersOf(fields)).toEqual([pointer]);
  });

  test('for all its faults at once', () => {
    const fields = {
      budget: { generations: 3 },
      sampler: { type: 'grid', axes: { nothing: { points: 1 } } },
      searchSpace: [{ type: 'float', name: 'wings', low: 0, high: 1, step: 0.5 }],
    };
    expect(pointersOf(fields)).toEqual(['/sampler/axes/nothing', '/budget/generations', '/searchSpace/0/name']);
  });

  test.each([
    ['a name with a control character', { name: 'a\u0000b' }, '/name'],
    ['a name with half a character', { name: 'a\ud800' }, '/name'],
    ['no name', { name: '' }, '/name'],
    ['no metric', { metrics: [] }, '/metrics'],
    ['five metrics', { metrics: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })) }, '/metrics'],
    ['a label with a space in its name', { labels: { 'a b': 'c' } }, '/labels/a b'],
    ['an unknown sampler', { sampler: { type: 'oracle' } }, '/sampler/type'],
    ['a budget of no trials', { budget: { trials: 0 } }, '/budget/trials'],
    ['a negative seed', { seed: -1 }, '/seed'],
    ['a seed beyond what a double holds', { seed: 2 ** 53 }, '/seed'],
    ['no parallelism', { parallelism: 0 }, '/parallelism'],
    ['an unknown schedule', { schedule: 'soon' }, '/schedule'],
    ['a time limit of nothing', { timeoutSeconds: 0 }, '/timeoutSeconds'],
    ['a kind of failure that there is not', { retries: { on: ['crash', 'boredom'] } }, '/retries/on/1'],
    ['a kind of failure that it names twice', { retries: { on: ['crash', 'crash'] } }, '/retries/on'],
    ['a history that a client wrote', { lineage: [{ trials: 1, seed: 1 }] }, '/'],
    ['a mistyped key', { budgett: {} }, '/'],
  ])('by its schema for %s', (_what, fields, pointer) => {
    expect(schemaPointers(fields)).toEqual([pointer]);
  });

  test('but not for a grid that names no budget: it ends by itself', () => {
    expect(pointersOf({ sampler: { type: 'grid' }, budget: {} })).toEqual([]);
  });
});
