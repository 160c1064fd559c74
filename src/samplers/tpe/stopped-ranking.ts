import { grown } from './column.ts';

/** With more new trials than this, all are sorted again. */
const fewTrials = 32;

/** A trial that was stopped early. */
export interface Stopped {
  readonly trial: number;
  /** The step after which it was stopped. */
  readonly step: number;
  /** The value after that step, oriented so that more is better. */
  readonly value: number;
}

/**
 * Trials that were stopped early, best first: those that got further, then by value, then the earlier ones, as Optuna's TPE orders its pruned
 * trials. It costs nothing as long as there are none.
 */
export class StoppedRanking {
  readonly #order: Stopped[] = [];
  /** Of each trial, 1 if it was stopped. */
  #marks = new Uint8Array(0);
  /** A number above those of all trials here. */
  #end = 0;

  /** Forgets the trials from a number on. */
  keep(count: number): void {
    if (count >= this.#end) return;
    let kept = 0;
    for (const stopped of this.#order) {
      if (stopped.trial < count) this.#order[kept++] = stopped;
      else this.#marks[stopped.trial] = 0;
    }
    this.#order.length = kept;
    this.#end = count;
  }

  /** Adds trials of higher numbers than those before, in ascending order. */
  add(news: readonly Stopped[]): void {
    for (const stopped of news) {
      const { trial } = stopped;
      if (trial >= this.#marks.length) this.#marks = grown(this.#marks, trial, (length) => new Uint8Array(length));
      this.#marks[trial] = 1;
      this.#end = trial + 1;
      if (news.length > fewTrials) this.#order.push(stopped);
      else this.#order.splice(this.#rankOf(stopped), 0, stopped);
    }
    if (news.length > fewTrials) this.#order.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  }

  /** An order whose trials from a place on failed or were stopped or are pending, with those that were stopped at that place. */
  placedIn(order: Uint32Array, place: number): Uint32Array {
    if (this.#order.length === 0) return order;
    const placed = order.slice();
    let next = place;
    for (const { trial } of this.#order) placed[next++] = trial;
    for (let rank = place; rank < order.length; rank += 1) {
      const trial = order[rank] as number;
      if (this.#marks[trial] !== 1) placed[next++] = trial;
    }
    return placed;
  }

  /** The number of trials before one that is not here. */
  #rankOf(stopped: Stopped): number {
    let [from, to] = [0, this.#order.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(this.#order[middle] as Stopped, stopped)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function isBefore(one: Stopped, other: Stopped): boolean {
  if (one.step !== other.step) return one.step > other.step;
  return one.value === other.value ? one.trial < other.trial : one.value > other.value;
}
