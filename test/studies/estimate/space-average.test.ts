import { describe, expect, test } from 'vitest';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { expectedGreatest, meanOver, spreadOver } from '../../../src/studies/estimate/space-average.ts';

const integers = (high: number) => Array.from({ length: high }, (_, index) => index + 1);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('configurations spread over a space', () => {
  const space = searchSpaceSchema.parse([
    { type: 'float', name: 'rate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'units', low: 1, high: 511 },
    { type: 'int', name: 'steps', low: 1, high: 15 },
    { type: 'int', name: 'length', low: 1, high: 511 },
  ]);
  const spread = spreadOver(space);

  test('have the means of the space within a percent', () => {
    const squares = mean(integers(511).map((unit) => unit ** 2));
    expect(meanOver(spread, ({ steps }) => Number(steps)) / 8).toBeCloseTo(1, 2);
    expect(meanOver(spread, ({ units, length }) => Number(units) ** 2 * Number(length)) / (squares * 256)).toBeCloseTo(1, 2);
  });

  test('are the same every time', () => {
    expect(spreadOver(space)).toEqual(spread);
  });
});

test('the expected greatest lies between the mean and the greatest', () => {
  expect(expectedGreatest([3, 1, 2], 1)).toBeCloseTo(2, 12);
  expect(expectedGreatest([1, 2], 2)).toBeCloseTo(1.75, 12);
  expect(expectedGreatest([1, 2, 3], 1000)).toBeCloseTo(3, 12);
});
