import { sortConstrained } from '../../pareto/constrained-fronts.ts';
import type { Candidate } from '../../pareto/dominance.ts';
import { bestRanked } from '../../pareto/order.ts';
import { byAddedVolume } from '../../pareto/subset.ts';
import type { Direction } from '../contract.ts';
import type { Observation } from '../observation.ts';
import { candidateOf } from '../several-metrics.ts';

/** Trials of a block; and those that a closed block leaves in contention. */
const [blockSize, mostKept] = [200, 200];
/** Trials whose order within a front matters: at most as many are good. */
const mostGood = 100;
const failed: Candidate = { values: null };

/** Trials up to the end of a block. */
interface ClosedBlock {
  /** The best of them, which later trials are ranked with. */
  readonly kept: readonly number[];
  /** The others that were in contention until then. */
  readonly dropped: Uint32Array;
}

/**
 * Trials with several metrics, best first: by front (constrained domination), those that failed last. Within the fronts that the best 100 come from, the next
 * trial is the one that adds the most hypervolume to those before it (`pareto/subset.ts`); else, and of equal ones, the earlier trial is first.
 *
 * Only the best trials matter, and to rank a long history would take seconds. So it is cut into blocks: at the end of each block, the best 200 of the
 * trials in contention stay so, and are ranked with the next ones; the others are put behind them for good, those dropped last first. The order
 * is exact up to 399 trials. It depends on the trials alone, not on when they were added.
 */
export class FrontRanking {
  readonly #directions: readonly Direction[];
  readonly #candidates: Candidate[] = [];
  readonly #closed: ClosedBlock[] = [];
  #order = new Uint32Array(0);

  constructor(directions: readonly Direction[]) {
    this.#directions = directions;
  }

  keep(count: number): void {
    this.#candidates.length = count;
    this.#closed.length = Math.floor(count / blockSize);
  }

  add(observations: readonly Observation[]): void {
    for (const observation of observations) {
      this.#candidates.push(candidateOf(this.#directions, observation));
      if (this.#candidates.length % blockSize === 0) this.#close();
    }
  }

  followedBy(others: number): Uint32Array {
    const count = this.#candidates.length;
    if (this.#order.length < count + others) this.#order = new Uint32Array(2 * (count + others));
    const order = this.#order;
    const ranked = this.#ranked();
    order.set(ranked);
    let place = ranked.length;
    for (let block = this.#closed.length - 1; block >= 0; block -= 1) {
      const { dropped } = this.#closed[block] as ClosedBlock;
      order.set(dropped, place);
      place += dropped.length;
    }
    for (; place < count + others; place += 1) order[place] = place;
    return order.subarray(0, count + others);
  }

  /** Of a front that is cut, the least crowded trials stay in contention, which is faster to say than what volume they add. */
  #close(): void {
    const { contenders, candidates } = this.#contention();
    const best = new Set(bestRanked(candidates, mostKept).map(({ index }) => index));
    this.#closed.push({
      kept: contenders.filter((_, index) => best.has(index)),
      dropped: Uint32Array.from(contenders.filter((_, index) => !best.has(index))),
    });
  }

  /** The trials in contention, best first. */
  #ranked(): number[] {
    const { contenders, candidates } = this.#contention();
    const order: number[] = [];
    for (const front of sortConstrained(candidates)) {
      const points = front.map((index) => candidates[index]?.values ?? null);
      if (order.length >= mostGood || !points.every((point) => point !== null)) order.push(...front);
      else {
        const first = byAddedVolume(points, mostGood - order.length);
        const taken = new Set(first);
        order.push(...first.map((place) => front[place] as number), ...front.filter((_, place) => !taken.has(place)));
      }
    }
    return order.map((index) => contenders[index] as number);
  }

  /** The trials that are ranked with each other, in ascending order. */
  #contention(): { readonly contenders: readonly number[]; readonly candidates: readonly Candidate[] } {
    const since = this.#closed.length * blockSize;
    const latest = Array.from({ length: this.#candidates.length - since }, (_, index) => since + index);
    const contenders = [...(this.#closed.at(-1)?.kept ?? []), ...latest];
    return { contenders, candidates: contenders.map((trial) => this.#candidates[trial] ?? failed) };
  }
}
