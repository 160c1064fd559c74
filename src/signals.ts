/** Sent by Ctrl-C, by a service manager, and by a closed terminal. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Time from the second request to the forced exit. */
const overdueMs = 8000;

/** The process was asked to stop before it had finished its work. */
export class StopAskedError extends Error {
  override readonly name = 'StopAskedError';
}

/** The requests to stop that the process has received. */
export interface StopRequests {
  /** Aborted at the first signal, with a StopAskedError: stop gracefully. */
  readonly asked: AbortSignal;
  /** Aborted at the second signal: abandon the work that would take long. */
  readonly urged: AbortSignal;
  /** Acts as two signals would: the process has lost something that it needs. */
  urge(): void;
}

/**
 * Handles SIGINT, SIGTERM and SIGHUP from now on, so that none of them ends the process by itself.
 *
 * @param overdue must end the process; called at the third signal, or if the process still runs 8 seconds after the second
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
  for (const signal of stopSignals) process.on(signal, onSignal);
  return { asked: asked.signal, urged: urged.signal, urge };
}

/** Resolves when a signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
