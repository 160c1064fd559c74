import { setTimeout as delay } from 'node:timers/promises';

/** A source of news that requests wait for. */
export interface Wakeable {
  /** Functions that each wake one of the waiting requests. */
  readonly waiting: Set<() => void>;
}

/** A listener to several sources. */
export interface News {
  /** Resolves at the first news since the beginning, after a time in ms, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens from now on until it is stopped, so that no news is missed while its caller looks for a trial. */
export function listenTo(sources: readonly Wakeable[]): News {
  const heard = new AbortController();
  const wake = (): void => heard.abort();
  for (const { waiting } of sources) waiting.add(wake);
  return {
    wait: async (ms, signal) => {
      if (signal.aborted) return;
      signal.addEventListener('abort', wake, { once: true });
      // The delay rejects when news aborts it.
      await delay(ms, undefined, { signal: heard.signal }).catch(() => undefined);
      signal.removeEventListener('abort', wake);
    },
    stop: () => {
      for (const { waiting } of sources) waiting.delete(wake);
    },
  };
}
