import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/shared/digest.ts';
import { type FakeObjective, runInDisorder, runInOrder, specOf, whatCounts } from '../simulator.ts';

/** A value from the parameters alone, coarse enough that some tie; a sixth of the trials fail. */
const fake: FakeObjective = ({ parameters }) => {
  const hash = Number.parseInt(digestOf(parameters).slice(0, 6), 16);
  return hash % 6 === 0 ? { code: 'training-error', message: 'it did not converge' } : (hash % 100) / 100;
};
const failing: FakeObjective = () => ({ code: 'out-of-memory', message: 'too large' });

const grid = { type: 'grid', axes: { learningRate: { points: 5 }, hiddenUnits: { values: [3, 9, 27, 63, 5, 1, 2] } } };
const genetic = { type: 'genetic', population: 6, elites: 2 };

const studies: Readonly<Record<string, object>> = {
  random: { sampler: { type: 'random' }, budget: { trials: 45 } },
  'random with a target': { sampler: { type: 'random' }, budget: { trials: 200, targetValue: 0.97 } },
  'a grid to its end': { sampler: grid },
  'a grid cut short': { sampler: grid, budget: { trials: 12 } },
  'a list': {
    sampler: { type: 'list', points: Array.from({ length: 23 }, (_, index) => ({ learningRate: 0.001, hiddenUnits: 2 * index + 1 })) },
  },
  genetic: { sampler: genetic, budget: { generations: 7 } },
  'genetic without elites': {
    sampler: { ...genetic, elites: 0, mutation: { kind: 'each-bit', probability: 0.9 } },
    budget: { generations: 5 },
  },
  'genetic, cut within a generation': { sampler: genetic, budget: { trials: 17, generations: 50 } },
  'genetic with a target': { sampler: genetic, budget: { generations: 30, targetValue: 0.97 } },
  'genetic, to minimise': { sampler: genetic, metrics: [{ name: 'value' }], budget: { generations: 6, targetValue: 0.01 } },
};

describe.each(Object.entries(studies))('a study (%s)', (_title, fields) => {
  test.each([1, 2, 4, 16])('with parallelism %i ends the same in any order, at any speed, whatever dies on the way', (parallelism) => {
    const spec = specOf({ ...fields, parallelism });
    const expected = whatCounts(runInOrder(spec, fake));
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const study = runInDisorder(spec, fake, seed);
        expect(whatCounts(study)).toBe(expected);
        expect(study.mostOpen).toBeLessThanOrEqual(parallelism);
      }),
      { seed: 20_261_124, numRuns: 12 },
    );
  });

  test('tries the same with any parallelism, for no sampler here looks at results within a generation', () => {
    const [one, ...others] = [1, 2, 4, 16].map((parallelism) =>
      whatCounts({ ...runInOrder(specOf({ ...fields, parallelism }), fake), spec: specOf(fields) }),
    );
    for (const other of others) expect(other).toBe(one);
  });

  test('of which every trial fails ends the same in any order', () => {
    const spec = specOf({ ...fields, parallelism: 16 });
    const expected = runInOrder(spec, failing);
    expect(expected).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed' } });
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(whatCounts(runInDisorder(spec, failing, seed))).toBe(whatCounts(expected));
      }),
      { seed: 20_261_124, numRuns: 20 },
    );
  });
});
