/** What a process does when it is asked to stop, and when it is asked again. */
export interface StopActions {
  first(): Promise<void>;
  again(): Promise<void>;
}

/**
 * Waits for SIGINT or SIGTERM and then stops; resolves when that is done. A second signal runs `again` beside it.
 *
 * @throws whatever stopping throws
 */
export function onStopSignals(actions: StopActions): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const stop = (): void => {
      asked += 1;
      if (asked === 1) actions.first().then(resolve, reject);
      else if (asked === 2) actions.again().catch(reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  });
}
