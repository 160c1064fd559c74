import { expect, test } from 'vitest';
import { firstOfGaps, type Gap, withGap, withoutNumbers } from '../../src/store/studies/number-gaps.ts';

const gaps: readonly Gap[] = [
  { low: 2, high: 5 },
  { low: 7, high: 9 },
];

test('the first numbers of gaps and the rest are all of them', () => {
  expect(firstOfGaps(gaps, 4)).toEqual({
    first: [
      { low: 2, high: 5 },
      { low: 7, high: 8 },
    ],
    left: [{ low: 8, high: 9 }],
  });
  expect(firstOfGaps(gaps, 3)).toEqual({ first: [{ low: 2, high: 5 }], left: [{ low: 7, high: 9 }] });
  expect(firstOfGaps(gaps, 100)).toEqual({ first: gaps, left: [] });
});

test('numbers that are taken out of gaps leave those between them', () => {
  expect(withoutNumbers(gaps, [])).toEqual(gaps);
  expect(withoutNumbers(gaps, [3, 7])).toEqual([
    { low: 2, high: 3 },
    { low: 4, high: 5 },
    { low: 8, high: 9 },
  ]);
  expect(withoutNumbers(gaps, [2, 3, 4, 8])).toEqual([{ low: 7, high: 8 }]);
});

test('a gap at the end of the last one makes it longer', () => {
  expect(withGap(gaps, { low: 9, high: 12 })).toEqual([
    { low: 2, high: 5 },
    { low: 7, high: 12 },
  ]);
  expect(withGap([], { low: 0, high: 3 })).toEqual([{ low: 0, high: 3 }]);
  expect(withGap(gaps, { low: 9, high: 9 })).toBe(gaps);
});
