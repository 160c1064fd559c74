import { setTimeout as delay } from 'node:timers/promises';
import type { RunnerWorld } from './ports.ts';

/** Pause before the first retry: a restarted database answers within a second. */
const firstPauseMs = 200;
/** Longest pause, and so the longest delay after the database is back. */
const longestPauseMs = 5000;

/**
 * Retries a runner's writes while the database is unreachable. Logs once that the database is unreachable and once that it is back,
 * however many calls wait for it.
 *
 * Wraps idempotent calls only: a lost response does not mean a lost write.
 */
export class Patience {
  readonly #world: Pick<RunnerWorld, 'isAway' | 'log'>;
  readonly #draining: AbortSignal;
  /** Time of the monotonic clock in ms at which the database was first unreachable; null while it answers. */
  #awaySinceMs: number | null = null;
  /** Time of the monotonic clock in ms at which the last absence ended. */
  #backMs = Number.NEGATIVE_INFINITY;

  /** @param draining once it is aborted, nothing waits any more: each call gets one more try */
  constructor(world: Pick<RunnerWorld, 'isAway' | 'log'>, draining: AbortSignal) {
    this.#world = world;
    this.#draining = draining;
  }

  /**
   * Runs work and retries it while the database is unreachable.
   *
   * @throws the work's other errors; the database's error once the runner drains, because leases expire by themselves
   */
  async outlast<T>(work: () => Promise<T>): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const isLast = this.#draining.aborted;
      try {
        return await this.once(work);
      } catch (error) {
        if (isLast || !this.#world.isAway(error)) throw error;
      }
      await delay(pauseMs, undefined, { signal: this.#draining }).catch(() => undefined);
    }
  }

  /** Runs periodic work once, without a retry, and records if the database answered. Throws the work's errors. */
  async once<T>(work: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    try {
      const result = await work();
      this.#answered(beganMs);
      return result;
    } catch (error) {
      // A call that began before the last absence ended failed in that absence.
      if (this.#world.isAway(error) && beganMs >= this.#backMs) this.#missed(error);
      throw error;
    }
  }

  #missed(error: unknown): void {
    if (this.#awaySinceMs !== null) return;
    this.#awaySinceMs = performance.now();
    this.#world.log.warn({ err: error }, 'the database is unreachable; trainings continue, and their results are stored when it is back');
  }

  #answered(beganMs: number): void {
    // A database that shuts down may answer a call after it refused another: only a call that began in the absence shows its end.
    if (this.#awaySinceMs === null || beganMs < this.#awaySinceMs) return;
    this.#backMs = performance.now();
    const seconds = Math.round((this.#backMs - this.#awaySinceMs) / 100) / 10;
    this.#awaySinceMs = null;
    this.#world.log.info({ seconds }, 'the database is back');
  }
}
