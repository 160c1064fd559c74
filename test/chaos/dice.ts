import { type RandomStream, randomStream } from '../../src/shared/random.ts';

/** Repeatable chance: every throw derives from the seed that the run prints. */
export class Dice {
  readonly #stream: RandomStream;

  constructor(seed: number, purpose: string) {
    this.#stream = randomStream(seed, purpose);
  }

  /** Returns a number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.#stream.uniform() * (high - low);
  }

  /** Returns true with a probability. */
  chance(probability: number): boolean {
    return this.#stream.uniform() < probability;
  }

  /** Picks one of several items; undefined if there are none. Throws the dice in either case. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#stream.uniform() * from.length)];
  }

  /** Picks one of several items by weight. */
  weighted<T extends { readonly weight: number }>(from: readonly T[]): T | undefined {
    let left = this.between(
      0,
      from.reduce((sum, { weight }) => sum + weight, 0),
    );
    return from.find(({ weight }) => {
      left -= weight;
      return left <= 0;
    });
  }
}
