import { Ranking } from './ranking.ts';
import { StoppedRanking } from './stopped-ranking.ts';

/** What ranks a trial. */
export interface Standing {
  /** Oriented so that more is better; −Infinity if it failed. */
  readonly value: number;
  /** Distance from the limits of the study; 0 for a trial that keeps all of them, or failed. */
  readonly violation: number;
  /** Step after which it was stopped early; its violation is ignored then. Absent: it was not stopped, or failed. */
  readonly prunedAt?: number;
}

/**
 * Trials, best first: those that keep all limits by their values, those beyond a limit by their violation, then those that were
 * stopped early (`stopped-ranking.ts`), then those that failed; of equal ones the earlier first.
 */
export class LimitedRanking {
  /** By value; a trial that is beyond a limit or was stopped is here as if it had failed. */
  readonly #byValue = new Ranking();
  /** By violation, behind all that keep the limits. null as long as no trial is beyond one, which costs nothing then. */
  #byViolation: Ranking | null = null;
  readonly #stopped = new StoppedRanking();
  /** The number that ranks each trial in `#byViolation`. */
  readonly #distances: number[] = [];

  /** Forgets the trials from a number on. */
  keep(count: number): void {
    this.#distances.length = count;
    this.#byValue.keep(count);
    this.#byViolation?.keep(count);
    this.#stopped.keep(count);
  }

  /** Adds trials, numbered from the present number of trials on. */
  add(all: readonly Standing[]): void {
    const first = this.#distances.length;
    this.#stopped.add(
      all.flatMap(({ value, prunedAt }, index) => (prunedAt === undefined ? [] : [{ trial: first + index, step: prunedAt, value }])),
    );
    const standings = all.map((standing) => (standing.prunedAt === undefined ? standing : { value: failed, violation: 0 }));
    const distances = standings.map(distanceOf);
    for (const distance of distances) this.#distances.push(distance);
    this.#byValue.add(standings.map(({ value, violation }) => (violation > 0 ? failed : value)));
    if (this.#byViolation) this.#byViolation.add(distances);
    else if (standings.some(({ violation }) => violation > 0)) {
      this.#byViolation = new Ranking();
      this.#byViolation.add(this.#distances);
    }
  }

  /** The order with some more trials at its end, numbered on: nothing is worse than them. Valid until the next call. */
  followedBy(others: number): Uint32Array {
    const order = this.#completedFirst(others);
    return this.#stopped.placedIn(order, this.#completedIn(order));
  }

  #completedFirst(others: number): Uint32Array {
    const order = this.#byValue.followedBy(others);
    if (!this.#byViolation) return order;
    const beyond = order.findIndex((trial) => this.#distances[trial] !== keepsLimits);
    const limited = order.slice();
    if (beyond >= 0) limited.set(this.#byViolation.followedBy(others).subarray(beyond), beyond);
    return limited;
  }

  /** Number of trials that neither failed nor were stopped: they are the first of the order. */
  #completedIn(order: Uint32Array): number {
    let [from, to] = [0, this.#distances.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#distances[order[middle] as number] === failed) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}

const failed = Number.NEGATIVE_INFINITY;
/** The first rank by violation, above that of every trial beyond a limit. */
const keepsLimits = 1;

function distanceOf({ value, violation }: Standing): number {
  if (violation > 0) return -violation;
  return value === failed ? failed : keepsLimits;
}
