import { type RandomStream, randomStream } from '../../src/shared/random.ts';

/** Chance that can be repeated: every throw comes from the seed that the run prints. */
export class Dice {
  readonly #stream: RandomStream;

  constructor(seed: number, purpose: string) {
    this.#stream = randomStream(seed, purpose);
  }

  /** A number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.#stream.uniform() * (high - low);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#stream.uniform() < probability;
  }

  /** One of several, undefined where there are none. The throw is made in either case. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#stream.uniform() * from.length)];
  }

  /** One of several, by weight. */
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
