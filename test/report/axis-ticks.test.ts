import { describe, expect, it } from 'vitest';
import { numberAxis } from '../../src/report/axis-ticks.ts';

const labels = (low: number, high: number, log = false): string[] =>
  numberAxis(low, high, { log, whole: false }).ticks.map(({ text }) => text);

describe('the labels of an axis of parallel coordinates', () => {
  it('have four digits, and more only where the range is narrow', () => {
    expect(labels(0.123456, 0.876543)).toEqual(['0.1235', '0.2', '0.4', '0.6', '0.8', '0.8765']);
    expect(labels(0.937812, 0.937834)).toEqual(['0.937812', '0.93782', '0.93783', '0.937834']);
    expect(labels(1_000_000, 1_000_030)).toEqual(['1000000', '1000010', '1000020', '1000030']);
    expect(labels(0.00001, 0.1, true)).toEqual(['0.00001', '0.0001', '0.001', '0.01', '0.1']);
    expect(labels(3, 3)).toEqual(['3']);
  });
});
