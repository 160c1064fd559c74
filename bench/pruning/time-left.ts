import { type Comparison, keyOf } from './methods.ts';
import type { Results, Run } from './results.ts';

/** Searches of one method: their number so far, their time, and how many are still to be made. */
interface Tally {
  made: number;
  ms: number;
  missing: number;
}

/** Expects that a missing search takes as long as the mean one of its method, or of all while its method has none. */
export class TimeLeft {
  readonly #tallies = new Map<string, Tally>();

  constructor({ methods, problems, seeds, budget }: Comparison, results: Results) {
    for (const method of methods) {
      const tally = { made: 0, ms: 0, missing: 0 };
      this.#tallies.set(method.identity, tally);
      for (let seed = 0; seed < seeds; seed += 1)
        for (const { name } of problems) {
          const run = results.find(keyOf(method, name, seed, budget));
          if (run) count(tally, run);
          else tally.missing += 1;
        }
    }
  }

  /** Counts a search that was missing. */
  made(run: Run): void {
    const tally = this.#tallies.get(run.identity);
    if (!tally) return;
    count(tally, run);
    tally.missing -= 1;
  }

  /** NaN before the first search. */
  seconds(): number {
    const tallies = [...this.#tallies.values()];
    const all = meanOf({ made: sum(tallies.map(({ made }) => made)), ms: sum(tallies.map(({ ms }) => ms)) });
    return sum(tallies.map((tally) => tally.missing * (tally.made > 0 ? meanOf(tally) : all))) / 1000;
  }
}

function count(tally: Tally, { ms }: Run): void {
  tally.made += 1;
  tally.ms += ms;
}

function meanOf({ made, ms }: Pick<Tally, 'made' | 'ms'>): number {
  return ms / made;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
