import { setTimeout as delay } from 'node:timers/promises';
import { mayPass } from './exit-codes.ts';

/** How something is watched. */
export interface Watching<Item extends object> {
  /** One look. */
  readonly look: () => Promise<Item>;
  readonly show: (item: Item) => void;
  readonly ended: (item: Item) => boolean;
  /** Aborted, the watching ends at once; a look that is under way is left alone. */
  readonly stop: AbortSignal;
  /** Time between two looks. */
  readonly pollMs: number;
  /** How long a service that has answered before may be away: it may be starting again. Default 60,000. */
  readonly patienceMs?: number | undefined;
}

/**
 * Looks again and again until what is watched has ended.
 *
 * @returns its last state, or null when stopped before
 * @throws what a look throws, unless it may pass (see `mayPass`), there was an answer before, and not too long ago
 */
export async function watchUntilEnd<Item extends object>(watching: Watching<Item>): Promise<Item | null> {
  const { look, show, ended, stop, pollMs, patienceMs = 60_000 } = watching;
  const stopped = whenStopped(stop);
  let answeredAt = Number.NEGATIVE_INFINITY;
  const patientLook = async (): Promise<Item | null> => {
    try {
      return await look();
    } catch (error) {
      if (stop.aborted || (mayPass(error) && performance.now() - answeredAt <= patienceMs)) return null;
      throw error;
    }
  };
  while (!stop.aborted) {
    const item = await Promise.race([patientLook(), stopped]);
    if (stop.aborted) return null;
    if (item) {
      answeredAt = performance.now();
      show(item);
      if (ended(item)) return item;
    }
    await delay(pollMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return null;
}

function whenStopped(stop: AbortSignal): Promise<null> {
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null), { once: true }));
}
