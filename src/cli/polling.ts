import { setTimeout as delay } from 'node:timers/promises';
import { mayPass } from './exit-codes.ts';

/** Options of watching a study or campaign. */
export interface Watching<Item extends object> {
  /** Fetches the current state. Waits some seconds for one that differs from the last, if there is one. */
  readonly look: (last: Item | undefined) => Promise<Item>;
  readonly show: (item: Item) => void;
  readonly ended: (item: Item) => boolean;
  /** Aborting it ends the watching at once. A request in progress is not cancelled. */
  readonly stop: AbortSignal;
  /** Shortest time between the beginnings of two looks. */
  readonly pollMs: number;
  /** Time in ms for which the service may be unreachable after an answer, such as during a restart. Default 60,000. */
  readonly patienceMs?: number | undefined;
}

/**
 * Watches a study or campaign until it has ended. Shows its state after every look, because the estimates change with time.
 *
 * @returns its last state, or null if `stop` was aborted first
 * @throws the error of a request, unless it is temporary (see `mayPass`) and the last answer is recent enough
 */
export async function watchUntilEnd<Item extends object>(watching: Watching<Item>): Promise<Item | null> {
  const { look, show, ended, stop, pollMs, patienceMs = 60_000 } = watching;
  const stopped = whenStopped(stop);
  let answeredAt = Number.NEGATIVE_INFINITY;
  let last: Item | undefined;
  const patientLook = async (): Promise<Item | null> => {
    try {
      return await look(last);
    } catch (error) {
      if (stop.aborted || (mayPass(error) && performance.now() - answeredAt <= patienceMs)) return null;
      throw error;
    }
  };
  while (!stop.aborted) {
    const begun = performance.now();
    const item = await Promise.race([patientLook(), stopped]);
    if (stop.aborted) return null;
    if (item) {
      answeredAt = performance.now();
      last = item;
      show(item);
      if (ended(item)) return item;
    }
    await delay(Math.max(0, begun + pollMs - performance.now()), undefined, { signal: stop }).catch(() => undefined);
  }
  return null;
}

function whenStopped(stop: AbortSignal): Promise<null> {
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null), { once: true }));
}
