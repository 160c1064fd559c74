import { describe, expect, test } from 'vitest';
import { boxAround, widthAfter } from '../../../src/samplers/gp/trust-region.ts';
import type { Observation } from '../../../src/samplers/observation.ts';

const settings = { start: 0.2, most: 0.6, least: 0.03, growth: 1.5, patience: 2 };

/** Trials in order: a value, from the box or not. */
function historyOf(trials: readonly (readonly [value: number | null, nearby: boolean])[]): Observation[] {
  return trials.map(([value, nearby], number) => ({
    number,
    index: number,
    parameters: {},
    origin: { phase: nearby ? 'nearby' : 'model' },
    value,
  }));
}

const width = (...trials: (readonly [number | null, boolean])[]) => widthAfter('minimize', historyOf(trials), settings);

describe('the width of the box', () => {
  test('is the first one before its suggestions brought anything, whatever others brought', () => {
    expect(width()).toBe(0.2);
    expect(width([3, false], [1, false], [9, false])).toBe(0.2);
  });

  test('grows with an improvement from the box, up to a limit', () => {
    expect(width([3, false], [1, false], [0, true])).toBeCloseTo(0.3, 12);
    expect(width([9, false], [8, true], [7, true], [6, true], [5, true])).toBe(0.6);
  });

  test('does not grow with one too small to count, and halves after two in a row that bring nothing', () => {
    expect(width([3, false], [1, false], [0.9999, true])).toBe(0.2);
    expect(width([3, false], [1, false], [2, true], [null, true])).toBe(0.1);
    expect(width([3, false], [1, false], [2, true], [0, true], [2, true])).toBeCloseTo(0.3, 12);
  });

  test('starts again when it has become very small', () => {
    const misses = Array.from({ length: 6 }, () => [2, true] as const);
    expect(width([3, false], [1, false], ...misses)).toBe(0.2);
  });

  test('takes larger values for better ones where the metric is maximised', () => {
    const trials = historyOf([
      [1, false],
      [3, false],
      [5, true],
    ]);
    expect(widthAfter('maximize', trials, settings)).toBeCloseTo(0.3, 12);
    expect(widthAfter('minimize', trials, settings)).toBe(0.2);
  });
});

test('the box is longer where the lengthscale is, stays within the axis, and is all of it where a parameter does not exist', () => {
  const shape = { warps: new Float64Array(3), lengths: Float64Array.of(2, 0.5, 1), isNumeric: [true, true, true] };
  const { low, high } = boxAround(Float64Array.of(0.5, 0.02, Number.NaN), shape, 0.2);
  expect([...low].map((edge) => Number(edge.toFixed(12)))).toEqual([0.3, 0, 0]);
  expect([...high].map((edge) => Number(edge.toFixed(12)))).toEqual([0.7, 0.07, 1]);
});
