import { setTimeout as delay } from 'node:timers/promises';
import type { RunnerWorld } from './ports.ts';

/** The first pause between two tries: a database that was restarted answers within a second. */
const firstPauseMs = 200;
/** The longest: so much later than the database a runner is back at most. */
const longestPauseMs = 5000;

/**
 * Outlasts a database that is away: what a runner has to store is tried again until it is stored. The log says once that the
 * database is away and once that it is back, whatever waits for it.
 *
 * Only what may be done twice is tried again: that an answer did not come does not say that nothing was stored.
 */
export class Patience {
  readonly #world: Pick<RunnerWorld, 'isAway' | 'log'>;
  readonly #draining: AbortSignal;
  /** Milliseconds of the monotonic clock when the database was first found away; null while it answers. */
  #awaySinceMs: number | null = null;

  /** @param draining aborted, nothing is waited for any more: each work gets one more try */
  constructor(world: Pick<RunnerWorld, 'isAway' | 'log'>, draining: AbortSignal) {
    this.#world = world;
    this.#draining = draining;
  }

  /**
   * Does work, again and again while the database is away.
   *
   * @throws what the work throws for other reasons, and an error of the database that is away once the runner drains: leases
   *   end by themselves
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

  /** Does work once, for what comes round again anyway, and notes whether the database answered. Throws what the work throws. */
  async once<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#answered();
      return result;
    } catch (error) {
      if (this.#world.isAway(error)) this.#missed(error);
      throw error;
    }
  }

  #missed(error: unknown): void {
    if (this.#awaySinceMs !== null) return;
    this.#awaySinceMs = performance.now();
    this.#world.log.warn({ err: error }, 'the database is away; trainings go on, and what they bring waits until it is back');
  }

  #answered(): void {
    if (this.#awaySinceMs === null) return;
    const seconds = Math.round((performance.now() - this.#awaySinceMs) / 100) / 10;
    this.#awaySinceMs = null;
    this.#world.log.info({ seconds }, 'the database is back');
  }
}
