import { describe, expect, test } from 'vitest';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import { estimateStudy } from '../../../src/studies/estimate/study-estimate.ts';

function specOf(overrides: Record<string, unknown>) {
  const definition = {
    name: 'estimated',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
      { type: 'int', name: 'epochs', low: 1, high: 6 },
    ],
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    objective: { type: 'test-function', function: 'lstm-landscape' },
    ...overrides,
  };
  return resolveSpec(studySpecSchema.parse(definition), 1);
}

describe('the estimate of a study', () => {
  test('counts the trials of its budget; times and sizes of an objective without an estimate of costs are null, which it says', async () => {
    const estimate = await estimateStudy(specOf({ budget: { trials: 12 } }));
    expect(estimate).toMatchObject({
      trials: 12,
      trainingsAtMost: 12,
      stepsAtMost: 12,
      stepsExpected: 12,
      coreSeconds: null,
      diskMb: null,
    });
    expect(estimate.assumes).toContain('The objective has no estimate of processor time and disk.');
  });

  test('counts the trials of its sampler: a generational one has all its generations', async () => {
    const sampler = { type: 'genetic', population: 12, elites: 6 };
    expect(await estimateStudy(specOf({ sampler, budget: { generations: 9 } }))).toMatchObject({ trials: 60 });
  });

  test('knows nothing where only time limits the study, and says so', async () => {
    const estimate = await estimateStudy(specOf({ budget: { wallClockSeconds: 1, targetValue: 0.9 } }));
    const { assumes, ...counts } = estimate;
    expect(new Set(Object.values(counts))).toEqual(new Set([null]));
    expect(assumes).toBe(
      'Nothing limits the number of trials of this study, so it cannot be known, nor can the steps, core-seconds and disk that depend on it. The wall-clock budget ends the study after 1 second of active time at the latest. A trial that reaches the target value 0.9 ends the study earlier.',
    );
  });

  describe('of a search whose points are known', () => {
    const searchSpace = [
      { type: 'int', name: 'steps', low: 1, high: 1000 },
      { type: 'float', name: 'x1', low: -5, high: 5, step: 0.001 },
      { type: 'float', name: 'x2', low: -5, high: 5 },
    ];
    const sphere = { searchSpace, objective: { type: 'test-function', function: 'sphere-2' } };
    const grid = (steps: readonly number[], points: number, budget = {}) =>
      estimateStudy(
        specOf({ ...sphere, sampler: { type: 'grid', axes: { steps: { values: steps }, x1: { points }, x2: { points: 2 } } }, budget }),
      );

    test('has the steps of its points, all or those of its budget', async () => {
      const points = [1, 2, 6].map((steps) => ({ steps, x1: 0, x2: 0 }));
      const list = (budget: object) => estimateStudy(specOf({ ...sphere, sampler: { type: 'list', points }, budget }));
      expect(await list({})).toMatchObject({ trials: 3, stepsExpected: 9, stepsAtMost: 18 });
      expect(await list({ trials: 2 })).toMatchObject({ trials: 2, stepsExpected: 3, stepsAtMost: 4 });
      expect(await grid([1, 2], 3)).toMatchObject({ trials: 12, stepsExpected: 18, stepsAtMost: 24 });
    });

    test('has about those of a sample of many points, and at most those of the space', async () => {
      const estimate = await grid([1, 4, 10], 1000);
      expect(estimate).toMatchObject({ trials: 6000, stepsAtMost: 6000 * 1000 });
      expect((estimate.stepsExpected ?? 0) / (6000 * 5)).toBeCloseTo(1, 1);
    });
  });
});
