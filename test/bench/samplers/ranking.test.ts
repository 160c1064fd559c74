import { describe, expect, test } from 'vitest';
import { median, rank, ranksOf } from '../../../bench/samplers/ranking.ts';

describe('ranks', () => {
  test.each([
    ['the least value is first', [3, 1, 2], [3, 1, 2]],
    ['two that tie share the mean of their ranks', [1, 0, 1, 5], [2.5, 1, 2.5, 4]],
    ['three that tie first are all second', [7, 7, 7, 9], [2, 2, 2, 4]],
    ['all that tie are in the middle', [0, 0, 0, 0], [2.5, 2.5, 2.5, 2.5]],
  ])('%s', (_, values, expected) => {
    expect(ranksOf(values)).toEqual(expected);
  });
});

describe('the ranking of competitors', () => {
  const results = new Map([
    [
      'f',
      new Map([
        ['a', [1, 1]],
        ['b', [2, 1]],
        ['unranked', [0, 0]],
      ]),
    ],
    [
      'g',
      new Map([
        ['a', [5, 5]],
        ['b', [4, 6]],
        ['unranked', [0, 0]],
      ]),
    ],
  ]);
  const [a, b] = rank(results, ['a', 'b']);

  test('averages over seeds, then over functions, and leaves out who is not named', () => {
    expect(a).toMatchObject({ competitor: 'a', perFunction: [1.25, 1.5], mean: 1.375 });
    expect(b).toMatchObject({ competitor: 'b', perFunction: [1.75, 1.5], mean: 1.625 });
  });

  test('takes the standard error from the spread over seeds within each function', () => {
    // Ranks of a: 1 and 1.5 on f (variance 0.125), 1 and 2 on g (0.5); each mean of two, the mean of two functions.
    expect(a?.standardError).toBeCloseTo(Math.sqrt(0.125 / 2 + 0.5 / 2) / 2, 12);
  });

  test('counts a tie as half a win for both', () => {
    expect(a?.wins).toEqual({ b: 0.625 });
    expect(b?.wins).toEqual({ a: 0.375 });
  });
});

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect([median([4, 1, 3]), median([4, 1, 3, 2])]).toEqual([3, 2.5]);
});
