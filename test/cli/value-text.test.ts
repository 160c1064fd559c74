import { expect, test } from 'vitest';
import { decimals, meanRangeText, speedText } from '../../src/cli/value-text.ts';

test('values that four decimals would show as 0 keep two digits, alone and in a range', () => {
  expect([0.93785, 1e-5, 0, null, undefined].map(decimals)).toEqual(['0.9378', '1.0e-5', '0.0000', '–', '–']);
  expect(meanRangeText({ mean: 2e-5, min: 1e-5, max: 0.01 })).toBe('2.0e-5 [1.0e-5, 0.0100]');
});

test.each([
  [12.34, '12.3 steps/s'],
  [0.1, '0.1 steps/s'],
  [1 / 60, '0.017 steps/s'],
  [0, '0 steps/s'],
])('a speed of %d has digits, also of steps that take minutes', (speed, text) => {
  expect(speedText(speed)).toBe(text);
});
