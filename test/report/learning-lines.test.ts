import { describe, expect, test } from 'vitest';
import { type LearningLine, learningLines, valueRange, withinRange } from '../../src/report/learning-lines.ts';

const line = (values: readonly (number | null)[], kind: LearningLine['kind'] = 'completed'): LearningLine => ({
  trial: 0,
  value: null,
  kind,
  points: values.map((value, index) => ({ step: index + 1, value })),
});
const counting = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('a line is the best one if its trial is, unless it was stopped, and has the points of its curve', () => {
  const curves = [
    { trial: 3, value: 2, steps: [1, 4], values: [5, 2] },
    { trial: 5, value: 1, steps: [1], values: [null] },
    { trial: 7, value: 9, prunedAt: 2, steps: [2], values: [9] },
  ];
  expect(learningLines({ curves }, 5).map(({ trial, kind }) => [trial, kind])).toEqual([
    [3, 'completed'],
    [5, 'best'],
    [7, 'stopped'],
  ]);
  expect(learningLines({ curves }, null)[0]).toEqual({
    trial: 3,
    value: 2,
    kind: 'completed',
    points: [
      { step: 1, value: 5 },
      { step: 4, value: 2 },
    ],
  });
});

describe('the range of the values', () => {
  test('is whole where no tenth of the points takes most of it', () => {
    expect(valueRange([line(counting(50)), line([null, 51])], 'minimize')).toEqual({ best: 1, worst: 51, isCut: false });
    expect(valueRange([line(counting(50))], 'maximize')).toEqual({ best: 50, worst: 1, isCut: false });
  });

  test('ends before the worst tenth if that would take more than two thirds of it, and never cuts the best', () => {
    expect(valueRange([line([...counting(18), 1e6, 1e9])], 'minimize')).toEqual({ best: 1, worst: 18, isCut: true });
    expect(valueRange([line([...counting(18), 1e6, 1e9])], 'maximize')).toEqual({ best: 1e9, worst: 1, isCut: false });
    expect(valueRange([line([...counting(18), -1e6, -1e9])], 'maximize')).toEqual({ best: 18, worst: 1, isCut: true });
  });

  test('has at least nine tenths of the best line', () => {
    const others = line([...counting(27), 1e6]);
    expect(valueRange([others, line([60, 2], 'best')], 'minimize')).toEqual({ best: 1, worst: 60, isCut: true });
    // The first 44 of 48 points: two of each up to 18, then one of each up to 26.
    expect(valueRange([others, line([1e5, 60, ...counting(18)], 'best')], 'minimize')).toEqual({ best: 1, worst: 26, isCut: true });
  });

  test('is whole if all other values are one, and does not exist without a finite value', () => {
    expect(valueRange([line([1, 1, 1, 5])], 'minimize')).toEqual({ best: 1, worst: 5, isCut: false });
    expect(valueRange([line([null])], 'minimize')).toBeNull();
    expect(valueRange([], 'maximize')).toBeNull();
  });

  test('moves worse values to its edge, and no others', () => {
    const [least, most] = [
      { best: 1, worst: 9, isCut: true },
      { best: 9, worst: 1, isCut: true },
    ];
    expect([0.5, 5, 12, null].map((value) => withinRange(least, value))).toEqual([0.5, 5, 9, null]);
    expect([0.5, 5, 12, null].map((value) => withinRange(most, value))).toEqual([1, 5, 12, null]);
  });
});
