import { describe, expect, test } from 'vitest';
import { leastValue, search } from '../../../bench/samplers/search.ts';
import { testFunctions } from '../../../src/objectives/test-function/functions/list.ts';
import { canonicalValue } from '../../../src/space/unit-cube.ts';

/**
 * Minima as the sources print them, most also in Surjanovic and Bingham's Virtual Library of Simulation Experiments.
 * Places are printed with six digits at most, which a steep function turns into this much of a value.
 */
const printed = 2e-5;

describe.each(testFunctions.map((testFunction) => [testFunction.name, testFunction] as const))(
  'the test function %s',
  (_, testFunction) => {
    const { minimum, space, value } = testFunction;

    test('takes its minimum from the literature at the place that goes with it', () => {
      expect(Math.abs(value(minimum.at) - minimum.value)).toBeLessThan(printed);
    });

    test('has that place within its space', () => {
      const byName = new Map(space.map((parameter) => [parameter.name, parameter]));
      for (const [name, coordinate] of Object.entries(minimum.at)) {
        const parameter = byName.get(name);
        expect(parameter && canonicalValue(parameter, coordinate), name).toBeDefined();
      }
    });

    test('is nowhere below it', () => {
      const trials = search({ type: 'random' }, testFunction, { seed: 1, trials: 2000 });
      expect(leastValue(trials)).toBeGreaterThanOrEqual(minimum.value - printed);
    });

    test('has a finite value everywhere', () => {
      const trials = search({ type: 'random' }, testFunction, { seed: 2, trials: 500 });
      expect(trials.every((trial) => Number.isFinite(trial.value))).toBe(true);
    });
  },
);

test('no two test functions share a name', () => {
  expect(new Set(testFunctions.map(({ name }) => name)).size).toBe(testFunctions.length);
});
