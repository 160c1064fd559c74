/** Looked at half-second by half-second, a process that was not for this long stood still. */
const longestTurnMs = 2000;

/**
 * A clock that stands still while this process does: stopped by a signal, frozen with its container. A trainer that was not heard
 * meanwhile was not silent, and one that was frozen with it did not train.
 */
export class AwakeTime {
  #lookedMs = performance.now();
  #stoodStillMs = 0;

  /** Called every half second, as long as the clock is read. */
  look(): void {
    this.#stoodStillMs += this.#gapMs();
    this.#lookedMs = performance.now();
  }

  /** Milliseconds from some moment on, but for those in which the process stood still. */
  nowMs(): number {
    return performance.now() - this.#stoodStillMs - this.#gapMs();
  }

  #gapMs(): number {
    const gapMs = performance.now() - this.#lookedMs;
    return gapMs > longestTurnMs ? gapMs : 0;
  }
}
