/** Sampled every 500 ms; a gap above this means that the process was suspended. */
const longestTurnMs = 2000;

/**
 * A clock that stops while this process is suspended: stopped by a signal, or frozen with its container. Suspended time counts
 * neither as trainer silence nor as training time.
 */
export class AwakeTime {
  #lookedMs = performance.now();
  #stoodStillMs = 0;

  /** Takes a sample. Must be called every half second as long as the clock is read. */
  look(): void {
    this.#stoodStillMs += this.#gapMs();
    this.#lookedMs = performance.now();
  }

  /** Returns the milliseconds since an arbitrary start, without suspended time. */
  nowMs(): number {
    return performance.now() - this.#stoodStillMs - this.#gapMs();
  }

  #gapMs(): number {
    const gapMs = performance.now() - this.#lookedMs;
    return gapMs > longestTurnMs ? gapMs : 0;
  }
}
