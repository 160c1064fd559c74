import type { Capability } from '../objectives/contract.ts';

/** The objectives that a runner claims trials of. One that turned out impossible here is left to other runners for a while. */
export class Abilities {
  readonly #all: readonly Capability[];
  /** Milliseconds of the monotonic clock from which an objective is tried again, by its name. */
  readonly #againMs = new Map<string, number>();

  constructor(all: readonly Capability[]) {
    this.#all = all;
  }

  /** The objectives to claim now. */
  now(): Capability[] {
    return this.#all.filter(({ name }) => performance.now() >= (this.#againMs.get(name) ?? 0));
  }

  /** Leaves an objective to others for so long. */
  leave({ name }: Capability, forMs: number): void {
    this.#againMs.set(name, performance.now() + forMs);
  }
}
