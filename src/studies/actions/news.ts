import { setTimeout as delay } from 'node:timers/promises';

/** Something that wakes those who wait for it. */
export interface Wakeable {
  /** Wakes one of them each. */
  readonly waiting: Set<() => void>;
}

/** News of several sources. */
export interface News {
  /** Resolves at the first news since the beginning, after a time in ms, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens until it is stopped, so that no news between two looks is missed. */
export function listenTo(sources: readonly Wakeable[]): News {
  const heard = new AbortController();
  const wake = (): void => heard.abort();
  for (const { waiting } of sources) waiting.add(wake);
  return {
    wait: async (ms, signal) => {
      if (signal.aborted) return;
      signal.addEventListener('abort', wake, { once: true });
      // Rejects if it is aborted, which is news.
      await delay(ms, undefined, { signal: heard.signal }).catch(() => undefined);
      signal.removeEventListener('abort', wake);
    },
    stop: () => {
      for (const { waiting } of sources) waiting.delete(wake);
    },
  };
}
