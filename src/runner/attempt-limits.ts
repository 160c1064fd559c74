import type { TrialError } from '../studies/model/failure.ts';
import type { AwakeTime } from './awake-time.ts';
import type { Storing } from './storing.ts';

const mebibyte = 1_048_576;

/**
 * Limits of an attempt: its memory, and the time that its study allows. The clock starts when the trainer has its request. It stops
 * while something is being stored and while this process is suspended: neither is the trial's fault.
 */
export class AttemptLimits {
  readonly #memoryMb: number;
  readonly #seconds: number | null;
  readonly #storing: Storing;
  readonly #time: Pick<AwakeTime, 'nowMs'>;
  #peakRssBytes = 0;
  /** Time of the clock in ms at which the trainer got its request; null before. */
  #startMs: number | null = null;

  /** @param limits `seconds`: null if the study sets no limit */
  constructor(limits: { readonly memoryMb: number; readonly seconds: number | null }, storing: Storing, time: Pick<AwakeTime, 'nowMs'>) {
    this.#memoryMb = limits.memoryMb;
    this.#seconds = limits.seconds;
    this.#storing = storing;
    this.#time = time;
  }

  /** Starts the clock: the trainer has its request. */
  start(): void {
    this.#startMs = this.#clockMs();
  }

  /** Returns the largest resident memory so far. */
  peakRssBytes(): number {
    return this.#peakRssBytes;
  }

  /**
   * Records the trainer's resident memory (null: unknown) and checks the limits.
   *
   * @returns the error that ends the attempt; null if it is within its limits
   */
  exceeded(rssBytes: number | null): TrialError | null {
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes ?? 0);
    if (rssBytes !== null && rssBytes > this.#memoryMb * mebibyte) {
      const size = Math.round(rssBytes / mebibyte);
      const message = `the trainer grew to ${size} MiB; the limit is ${this.#memoryMb} MiB (CLAVIER_TRAINER_MEMORY_MB)`;
      return { code: 'out-of-memory', message };
    }
    if (this.#startMs === null || this.#seconds === null || this.#clockMs() - this.#startMs <= this.#seconds * 1000) return null;
    return { code: 'timeout', message: `the attempt trained for longer than ${this.#seconds} s (timeoutSeconds) and was stopped` };
  }

  #clockMs(): number {
    return this.#time.nowMs() - this.#storing.busyMs();
  }
}
