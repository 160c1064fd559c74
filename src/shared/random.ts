import { createHash } from 'node:crypto';

/**
 * A seeded stream of random numbers. A stream belongs to one consumer and one purpose: do not share one between
 * consumers whose order may change, and do not keep one across a transaction.
 */
export interface RandomStream {
  /** A double, uniform over the multiples of 2⁻⁵³ in [0, 1). */
  uniform(): number;
  /**
   * An integer, uniform over 0 … `bound` − 1, without modulo bias. `bound` is an integer in 1 … 2³².
   *
   * @throws RangeError when it is not
   */
  integer(bound: number): number;
  /** 32 uniform bits as an unsigned integer. */
  bits32(): number;
  /** A standard normal deviate. Box–Muller, using one of the pair, so that each deviate takes the same number of draws. */
  normal(): number;
}

/**
 * Makes the stream of one purpose: a pure function of its arguments, the same in every process and on every machine.
 *
 * The four words of state are the first 128 bits of SHA-256 over the JSON text of `[seed, purpose, ...indices]`. JSON
 * delimits the parts, so that no two argument lists share a text.
 *
 * @param seed the study's seed, or a text seed (a model's seed is a digest)
 * @param purpose the use of the numbers, e.g. `crossover`; no two uses may share one
 * @param indices identify the consumer: a trial number, or a generation and a slot, or two indices of one evaluation …
 */
export function randomStream(seed: number | string, purpose: string, ...indices: number[]): RandomStream {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, purpose, ...indices]))
    .digest();
  return xoshiro128StarStar([hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)]);
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021): 128 bits of state
 * in 32-bit words, which JavaScript multiplies natively.
 *
 * @param words the state: four unsigned 32-bit integers, not all zero
 */
export function xoshiro128StarStar(words: readonly [number, number, number, number]): RandomStream {
  let [a, b, c, d] = words;
  const bits32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  const uniform = (): number => {
    const high = bits32() >>> 5;
    const low = bits32() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  };
  return { bits32, uniform, integer: (bound) => boundedInteger(bits32, bound), normal: () => boxMuller(uniform) };
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** Redraws the few words above the last whole multiple of `bound`, so that every outcome is equally likely. */
function boundedInteger(bits32: () => number, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 4_294_967_296)
    throw new RangeError(`bound must be an integer in 1 … 2^32, got ${bound}`);
  const limit = 4_294_967_296 - (4_294_967_296 % bound);
  for (;;) {
    const word = bits32();
    if (word < limit) return word % bound;
  }
}

function boxMuller(uniform: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/** Shuffles 0 … `count` − 1 (Fisher–Yates). */
export function permutation(stream: RandomStream, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = stream.integer(last + 1);
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}
