/** Formats a duration: `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * Estimates the time left from the progress within a sliding window, because early trials say little about late ones.
 *
 * @param windowSeconds length of the window
 */
export class RateEstimate {
  readonly #windowSeconds: number;
  #samples: { readonly seconds: number; readonly done: number }[] = [];

  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
  }

  /** Adds a sample: `done` units were done at a time of a monotonic clock. */
  add(seconds: number, done: number): void {
    this.#samples.push({ seconds, done });
    while (this.#samples.length > 2 && seconds - (this.#samples[1]?.seconds ?? seconds) > this.#windowSeconds) this.#samples.shift();
  }

  /** Returns units per second over the window; null until two samples differ in time. */
  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.seconds <= first.seconds) return null;
    return (last.done - first.done) / (last.seconds - first.seconds);
  }

  /** Returns the seconds until `total` units are done; null while there is no progress. */
  secondsLeft(total: number): number | null {
    const rate = this.perSecond();
    const done = this.#samples.at(-1)?.done ?? 0;
    return rate ? (total - done) / rate : null;
  }
}
