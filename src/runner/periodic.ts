import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs work repeatedly until aborted, each time `seconds` after the previous run ended. An error is passed to `onFault` and does not
 * stop the repetition.
 *
 * @returns a promise that resolves when the last run has ended
 */
export async function periodically(
  seconds: number,
  until: AbortSignal,
  work: () => Promise<unknown>,
  onFault: (error: unknown) => void,
): Promise<void> {
  while (!until.aborted) {
    await work().catch(onFault);
    await delay(seconds * 1000, undefined, { signal: until }).catch(() => undefined);
  }
}
