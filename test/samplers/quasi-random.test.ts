import { describe, expect, test } from 'vitest';
import { firstPrimes, scrambledHalton } from '../../src/samplers/quasi-random/halton.ts';
import { randomStream } from '../../src/shared/random.ts';

/** Cells of equal width that hold a point, and how many points each holds. */
function cellsOf(points: readonly number[], cells: number): number[] {
  const held = Array.from({ length: cells }, () => 0);
  for (const point of points) {
    const cell = Math.floor(point * cells);
    held[cell] = (held[cell] ?? 0) + 1;
  }
  return held;
}

test('bases are the primes in order', () => {
  expect(firstPrimes(10)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
});

describe.each([2, 3, 5, 29])('a coordinate in base %i', (base) => {
  const coordinate = scrambledHalton(base, randomStream(7, 'quasi-random-digits', 0));

  test.each([1, 2])('puts one of the first base^%i points into each of as many cells', (power) => {
    const count = base ** power;
    const points = Array.from({ length: count }, (_, number) => coordinate(number));
    expect(cellsOf(points, count)).toEqual(Array.from({ length: count }, () => 1));
  });

  test('stays within [0, 1) to the last trial that a study may have', () => {
    for (const number of [0, 1, 999_999, 1_000_000]) {
      expect(coordinate(number)).toBeGreaterThanOrEqual(0);
      expect(coordinate(number)).toBeLessThan(1);
    }
  });

  test('gives another sequence for another seed', () => {
    const other = scrambledHalton(base, randomStream(8, 'quasi-random-digits', 0));
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    expect(numbers.map(other)).not.toEqual(numbers.map(coordinate));
  });
});

test('two dimensions with large bases do not move in step, as the plain sequence does in its first points', () => {
  const [one, other] = [23, 29].map((base, index) => scrambledHalton(base, randomStream(3, 'quasi-random-digits', index)));
  const quarters = new Set(
    Array.from({ length: 23 }, (_, number) => `${Math.floor(2 * (one?.(number) ?? 0))} ${Math.floor(2 * (other?.(number) ?? 0))}`),
  );
  expect(quarters.size).toBe(4);
});
