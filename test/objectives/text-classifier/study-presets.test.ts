import { describe, expect, test } from 'vitest';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { expandPreset, presetSpec, presets } from '../../../src/studies/definition/presets.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';

const range = (name: string, high: number) => ({ type: 'int', name, low: 1, high, step: 1, scale: 'linear' });
const paper = (name: string, elites: number, selectionExponent: number) => ({
  name,
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 1023 / 2000, step: 0.0005, scale: 'linear' },
    range('hiddenUnits', 511),
    range('epochs', 15),
    range('maxLength', 511),
  ],
  metrics: [{ name: 'accuracy' }],
  sampler: {
    type: 'genetic',
    population: 20,
    elites,
    selectionExponent,
    mutation: { probability: 0.3, kind: 'one-bit', bitProbability: 0.03 },
    bits: {},
  },
  budget: { generations: 70 },
  retries: { maxAttempts: 3, on: ['crash', 'error', 'timeout'] },
  objective: { type: 'lstm-text-classifier', dataset: 'imdb', hyperparameters: {} },
  labels: {},
});

describe('the presets', () => {
  test('are the three genetic approaches of the paper, spelt out', () => {
    expect(presets.slice(0, 3).map(presetSpec)).toEqual([paper('paper-1', 1, 4), paper('paper-2', 10, 4), paper('paper-3', 10, 2)]);
  });

  test('are the same with rungs', () => {
    const fast = (spec: ReturnType<typeof paper>) => ({
      ...spec,
      name: `${spec.name}-fast`,
      sampler: { ...spec.sampler, rungs: { minSteps: 1, stepFactor: 2, reductionFactor: 3, promotion: 'search' } },
    });
    expect(presets.slice(3).map(presetSpec)).toEqual([paper('paper-1', 1, 4), paper('paper-2', 10, 4), paper('paper-3', 10, 2)].map(fast));
  });

  test.each(presets)('$name resolves to a study without faults', (preset) => {
    expect(resolveSpec(presetSpec(preset), 42)).toMatchObject({
      metrics: [{ name: 'accuracy', direction: 'maximize' }],
      parallelism: 20,
      seed: 42,
      objectiveSeed: 42,
    });
  });
});

describe('a preset with overrides', () => {
  const expand = (overrides: Record<string, unknown>) => studySpecSchema.parse(expandPreset('paper-3', overrides));

  test('is the preset where nothing is overridden', () => {
    expect(expand({})).toEqual(paper('paper-3', 10, 2));
  });

  test('keeps what the request does not name within sampler, budget and objective', () => {
    const spec = expand({
      name: 'mine',
      seed: 5,
      sampler: { population: 8, elites: 4 },
      budget: { trials: 60 },
      objective: { dataset: 'spam-assassin', trainSize: 1000 },
    });
    expect(spec).toMatchObject({
      name: 'mine',
      seed: 5,
      sampler: { type: 'genetic', population: 8, elites: 4, selectionExponent: 2 },
      budget: { generations: 70, trials: 60 },
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 1000 },
    });
  });

  test('takes a sampler of another type whole, and the budget beside it', () => {
    const spec = expand({ sampler: { type: 'random' }, budget: { trials: 70 } });
    expect(spec.sampler).toEqual({ type: 'random' });
    expect(resolveSpec(spec, 1).budget).toEqual({ trials: 70 });
  });

  test('replaces the search space whole', () => {
    const searchSpace = [{ type: 'int', name: 'epochs', low: 1, high: 3 }];
    expect(expand({ searchSpace }).searchSpace).toEqual([range('epochs', 3)]);
  });

  test('passes on what is wrong for the schema to refuse', () => {
    expect(studySpecSchema.safeParse(expandPreset('paper-3', { sampler: 'random' })).success).toBe(false);
    expect(studySpecSchema.safeParse(expandPreset('paper-3', { mistyped: 1 })).success).toBe(false);
    expect(studySpecSchema.safeParse(expandPreset('paper-3', { budget: null })).success).toBe(false);
  });

  test('leaves the preset as it was', () => {
    expandPreset('paper-3', { sampler: { population: 4 }, budget: { trials: 1 } });
    expect(presets.map(presetSpec)[2]).toEqual(paper('paper-3', 10, 2));
  });

  test('does not exist for an unknown name, and the error lists those that do', () => {
    expect(() => expandPreset('paper-4', {})).toThrow(
      expect.objectContaining({
        code: 'preset-not-found',
        message: 'there is no preset paper-4; there are paper-1, paper-2, paper-3, paper-1-fast, paper-2-fast, paper-3-fast',
      }),
    );
    expect(() => expandPreset('constructor', {})).toThrow(expect.objectContaining({ code: 'preset-not-found' }));
  });
});
