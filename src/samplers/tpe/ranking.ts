import { grown } from './column.ts';
import { firstPlace } from './first-place.ts';

/** With more new trials than this, all are sorted again; with more to forget, all are looked at. */
const fewTrials = 32;

/** Trials by their values, best first; of equal values the earlier first. Values are oriented so that more is better. */
export class Ranking {
  #values = new Float64Array(0);
  #order = new Uint32Array(0);
  #count = 0;

  /** Forgets the trials from a number on. */
  keep(count: number): void {
    if (this.#count - count <= fewTrials) {
      while (this.#count > count) this.#remove(this.#count - 1);
      return;
    }
    let kept = 0;
    for (let rank = 0; rank < this.#count; rank += 1) {
      const trial = this.#order[rank] as number;
      if (trial < count) this.#order[kept++] = trial;
    }
    this.#count = kept;
  }

  /** Adds trials, numbered from the present number of trials on. */
  add(values: readonly number[]): void {
    const count = this.#count + values.length;
    if (count > this.#values.length) this.#values = grown(this.#values, count, (length) => new Float64Array(length));
    this.#values.set(values, this.#count);
    this.#makeRoom(count);
    if (values.length > fewTrials) {
      this.#order.set(ranked(this.#values.subarray(0, count)));
      this.#count = count;
    }
    while (this.#count < count) this.#insert(this.#count);
  }

  /** The order with some more trials at its end, numbered on: nothing is worse than them. Valid until the next call. */
  followedBy(others: number): Uint32Array {
    const count = this.#count + others;
    this.#makeRoom(count);
    for (let trial = this.#count; trial < count; trial += 1) this.#order[trial] = trial;
    return this.#order.subarray(0, count);
  }

  #insert(trial: number): void {
    const rank = this.#rankOf(trial);
    this.#order.copyWithin(rank + 1, rank, this.#count);
    this.#order[rank] = trial;
    this.#count += 1;
  }

  #remove(trial: number): void {
    const rank = this.#rankOf(trial);
    this.#order.copyWithin(rank, rank + 1, this.#count);
    this.#count -= 1;
  }

  /** The rank that a trial has or would have: the number of trials before it in the order. */
  #rankOf(trial: number): number {
    const value = this.#values[trial] as number;
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#order[middle] as number;
      const isBefore = this.#values[other] === value ? other < trial : (this.#values[other] as number) > value;
      if (isBefore) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #makeRoom(count: number): void {
    if (count > this.#order.length) this.#order = grown(this.#order, count, (length) => new Uint32Array(length));
  }
}

/** Ranks all at once: sorts the values as numbers, which is much faster than sorting trials, then finds each trial's place. */
function ranked(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  const sorted = values.map((value) => -value).sort();
  const taken = new Uint32Array(values.length);
  for (let trial = 0; trial < values.length; trial += 1) {
    const place = firstPlace(sorted, -(values[trial] as number));
    order[place + (taken[place] as number)] = trial;
    taken[place] = (taken[place] as number) + 1;
  }
  return order;
}
