/** Ctrl-C, a service manager, a terminal that is closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a process that was asked twice may take to end. */
const overdueMs = 8000;

/** It was asked to stop before it had done what it was started for. */
export class StopAskedError extends Error {
  override readonly name = 'StopAskedError';
}

/** What the process has been asked so far. */
export interface StopRequests {
  /** Aborted at the first signal, with a StopAskedError: stop in order. */
  readonly asked: AbortSignal;
  /** Aborted at the second: give up what would take long. */
  readonly urged: AbortSignal;
  /** As if two signals had come: what the process needs is lost. */
  urge(): void;
}

/**
 * Listens for SIGINT, SIGTERM and SIGHUP from now to the end of the process, which none of them ends by itself any more.
 *
 * @param overdue must end the process: called where it still runs 8 seconds after the second signal, and at the third
 */
export function listenForStop(overdue: () => void): StopRequests {
  const [asked, urged] = [new AbortController(), new AbortController()];
  const ask = (): void => asked.abort(new StopAskedError('stopped before it was done'));
  const urge = (): void => {
    ask();
    if (urged.signal.aborted) return;
    setTimeout(overdue, overdueMs).unref();
    urged.abort();
  };
  const onSignal = (): void => {
    if (urged.signal.aborted) overdue();
    else if (asked.signal.aborted) urge();
    else ask();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return { asked: asked.signal, urged: urged.signal, urge };
}

/** Resolves once a signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
