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
    const estimate = await estimateStudy(specOf({ budget: { wallClockSeconds: 600, targetValue: 0.9 } }));
    const { assumes, ...counts } = estimate;
    expect(new Set(Object.values(counts))).toEqual(new Set([null]));
    expect(assumes).toBe(
      'Only the wall-clock budget limits this study: the number of its trials cannot be known, nor the steps, core-seconds and disk that depend on it. The wall-clock budget ends the study after 600 seconds of active time at the latest. A trial that reaches the target value 0.9 ends the study earlier.',
    );
  });
});
