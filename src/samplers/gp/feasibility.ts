import type { Point } from './dimensions.ts';
import type { Evidence } from './evidence.ts';
import { type Columns, type Kernel, matern } from './kernel.ts';

/** The chance that a trial succeeds, from the trials near it: (1 + Σ w of successes) / (1 + Σ w of all), w the squared correlation. */
export class Feasibility {
  readonly #kernel: Kernel;
  readonly #trials: Columns;
  readonly #distances: Float64Array;
  readonly #succeeded: number;

  constructor(kernel: Kernel, { succeeded, failed }: Pick<Evidence, 'succeeded' | 'failed'>) {
    this.#kernel = kernel;
    this.#trials = kernel.columns([...succeeded, ...failed]);
    this.#distances = new Float64Array(succeeded.length + failed.length);
    this.#succeeded = succeeded.length;
  }

  /** Logarithms of the chances at some points. */
  logChances(points: readonly Point[]): Float64Array {
    const columns = this.#kernel.columns(points);
    return Float64Array.from(points, (_, index) => this.#logChance(columns, index));
  }

  #logChance(points: Columns, index: number): number {
    const distances = this.#distances;
    this.#kernel.distances(points, index, this.#trials, distances.length, distances, 0);
    let good = 1;
    let all = 1;
    for (let trial = 0; trial < distances.length; trial += 1) {
      const weight = matern(distances[trial] as number) ** 2;
      all += weight;
      if (trial < this.#succeeded) good += weight;
    }
    return Math.log(good / all);
  }
}
