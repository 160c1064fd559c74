import { grown } from './column.ts';

/** End of a chain. */
const none = -1;

/**
 * Finds trials by all their coordinates at once. Trials of the same hash form a chain, the youngest first, so that those added last
 * can be forgotten.
 */
export class ConfigurationIndex {
  /** Of each hash, modulo the length, the youngest trial. The length is a power of two. */
  #youngest = new Int32Array(64).fill(none);
  /** Of each trial, the hash of its coordinates, and the next older trial of its chain. */
  #hashes = new Int32Array(0);
  #older = new Int32Array(0);
  #count = 0;

  /** Adds a trial, numbered by the trials before it. @param coordinates one for each parameter; NaN where it does not exist */
  add(coordinates: readonly number[]): void {
    const trial = this.#count;
    if (trial >= this.#hashes.length) {
      this.#hashes = grown(this.#hashes, trial, (length) => new Int32Array(length));
      this.#older = grown(this.#older, trial, (length) => new Int32Array(length));
    }
    this.#hashes[trial] = hashOf(coordinates);
    this.#count += 1;
    if (this.#count > this.#youngest.length) this.#rebuild();
    else this.#link(trial);
  }

  /** Forgets the trials from a number on. */
  keep(count: number): void {
    while (this.#count > count) {
      this.#count -= 1;
      this.#youngest[this.#chainOf(this.#hashes[this.#count] as number)] = this.#older[this.#count] as number;
    }
  }

  /** True if a trial of these coordinates fulfils a condition: a trial of the same hash may have others. */
  some(coordinates: readonly number[], condition: (trial: number) => boolean): boolean {
    const hash = hashOf(coordinates);
    for (let trial = this.#youngest[this.#chainOf(hash)] as number; trial !== none; trial = this.#older[trial] as number)
      if (this.#hashes[trial] === hash && condition(trial)) return true;
    return false;
  }

  #chainOf(hash: number): number {
    return hash & (this.#youngest.length - 1);
  }

  #link(trial: number): void {
    const chain = this.#chainOf(this.#hashes[trial] as number);
    this.#older[trial] = this.#youngest[chain] as number;
    this.#youngest[chain] = trial;
  }

  #rebuild(): void {
    this.#youngest = new Int32Array(2 * this.#youngest.length).fill(none);
    for (let trial = 0; trial < this.#count; trial += 1) this.#link(trial);
  }
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Stands for a missing parameter: outside of the unit interval. */
const missing = 2;

/** Equal for equal coordinates, 0 and −0 included. The mixing is MurmurHash3's. */
function hashOf(coordinates: readonly number[]): number {
  let hash = 0;
  for (const coordinate of coordinates) {
    double[0] = Number.isNaN(coordinate) ? missing : coordinate + 0;
    hash = Math.imul(hash ^ (words[0] as number), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ (words[1] as number), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash;
}
