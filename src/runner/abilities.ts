import type { Capability } from '../objectives/contract.ts';

/** The objectives for which a runner claims trials. One that turns out to be impossible here is left to other runners for a while. */
export class Abilities {
  readonly #all: readonly Capability[];
  /** Time of the monotonic clock in ms at which an objective is tried again, by its name. */
  readonly #againMs = new Map<string, number>();

  constructor(all: readonly Capability[]) {
    this.#all = all;
  }

  /** Returns the objectives to claim now. */
  now(): Capability[] {
    return this.#all.filter(({ name }) => performance.now() >= (this.#againMs.get(name) ?? 0));
  }

  /** Leaves an objective to other runners for `forMs`. */
  leave({ name }: Capability, forMs: number): void {
    this.#againMs.set(name, performance.now() + forMs);
  }
}
