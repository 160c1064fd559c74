import { expect, test } from 'vitest';
import { noEffort, rounded } from '../../../src/studies/estimate/effort.ts';

const effort = { ...noEffort, trials: 7, stepsExpected: 12.6, coreSeconds: { low: 1.23456, high: 2 }, diskMb: 1234.5 };

test('an effort has whole counts, and estimates of three digits', () => {
  expect(rounded(effort, true)).toEqual({ ...effort, stepsExpected: 13, coreSeconds: { low: 1.23, high: 2 }, diskMb: 1230 });
});

test('without an estimate of costs the counts stay, and times and sizes are left open', () => {
  expect(rounded(effort, false)).toEqual({ ...effort, stepsExpected: 13, coreSeconds: null, diskMb: null });
});
