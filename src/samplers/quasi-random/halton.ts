import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';

/** One coordinate of a sequence of points, by the number of the point. */
export type Coordinate = (number: number) => number;

/** Digits are scrambled down to cells of this size; a study has at most a million trials. */
const finestCell = 1e-6;

/** The first `count` primes: the bases of the dimensions. */
export function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/**
 * One dimension of the Halton sequence: the digits of a number in a prime base, mirrored at the point. Each digit place has a random
 * linear permutation a → m·a + s (mod base) with m ≠ 0, so that dimensions with large bases do not move in step, and two seeds give
 * different points (Matoušek, "On the L2-discrepancy for anchored boxes", Journal of Complexity 14, 1998). Points lie in the middle of their
 * cells.
 */
export function scrambledHalton(base: number, stream: RandomStream): Coordinate {
  invariant(base >= 2, 'a base has two digits');
  const places: { readonly weight: number; readonly factor: number; readonly shift: number }[] = [];
  let cell = 1;
  while (cell > finestCell) {
    cell /= base;
    places.push({ weight: cell, factor: 1 + stream.integer(base - 1), shift: stream.integer(base) });
  }
  return (number) => {
    let left = number;
    let coordinate = cell / 2;
    for (const { weight, factor, shift } of places) {
      coordinate += weight * ((factor * (left % base) + shift) % base);
      left = Math.floor(left / base);
    }
    return coordinate;
  };
}
