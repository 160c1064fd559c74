import { grown } from './column.ts';

/** With more new trials than this, all are sorted again. */
const fewTrials = 32;

/** A trial that was stopped early. */
export interface Stopped {
  readonly trial: number;
  /** The step after which it was stopped, from 1. */
  readonly step: number;
  /** The value after that step, oriented so that more is better. */
  readonly value: number;
}

/**
 * Trials that were stopped early, best first: those that got further, then by value, then the earlier ones, as Optuna's TPE orders its pruned
 * trials. It costs nothing as long as there are none.
 */
export class StoppedRanking {
  #order = new Uint32Array(0);
  #count = 0;
  /** Of each trial, its step; 0 if it was not stopped. */
  #steps = new Float64Array(0);
  #values = new Float64Array(0);
  /** A number above those of all trials here. */
  #end = 0;

  /** Forgets the trials from a number on. */
  keep(count: number): void {
    if (count >= this.#end) return;
    let kept = 0;
    for (let rank = 0; rank < this.#count; rank += 1) {
      const trial = this.#order[rank] as number;
      if (trial < count) this.#order[kept++] = trial;
    }
    this.#steps.fill(0, count);
    this.#count = kept;
    this.#end = count;
  }

  /** Adds trials of higher numbers than those before, in ascending order. */
  add(news: readonly Stopped[]): void {
    for (const { trial, step, value } of news) {
      this.#makeRoom(trial);
      this.#steps[trial] = step;
      this.#values[trial] = value;
      this.#end = trial + 1;
      const rank = news.length > fewTrials ? this.#count : this.#rankOf(trial);
      this.#order.copyWithin(rank + 1, rank, this.#count);
      this.#order[rank] = trial;
      this.#count += 1;
    }
    if (news.length > fewTrials) this.#order.subarray(0, this.#count).sort((one, other) => (this.#isBefore(one, other) ? -1 : 1));
  }

  /** An order whose trials from a place on failed, were stopped or are pending, with those that were stopped at that place. */
  placedIn(order: Uint32Array, place: number): Uint32Array {
    if (this.#count === 0) return order;
    const placed = order.slice();
    placed.set(this.#order.subarray(0, this.#count), place);
    let next = place + this.#count;
    for (let rank = place; rank < order.length; rank += 1) {
      const trial = order[rank] as number;
      if (trial >= this.#end || this.#steps[trial] === 0) placed[next++] = trial;
    }
    return placed;
  }

  /** The number of trials before one that is not in the order yet. */
  #rankOf(trial: number): number {
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#isBefore(this.#order[middle] as number, trial)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #isBefore(one: number, other: number): boolean {
    const [steps, values] = [this.#steps, this.#values];
    if (steps[one] !== steps[other]) return (steps[one] as number) > (steps[other] as number);
    return values[one] === values[other] ? one < other : (values[one] as number) > (values[other] as number);
  }

  #makeRoom(trial: number): void {
    if (this.#count >= this.#order.length) this.#order = grown(this.#order, this.#count, (length) => new Uint32Array(length));
    if (trial < this.#steps.length) return;
    this.#steps = grown(this.#steps, trial, (length) => new Float64Array(length));
    this.#values = grown(this.#values, trial, (length) => new Float64Array(length));
  }
}
