import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs work again and again, each time `seconds` after it ended, until aborted. A fault is handed to `onFault` and the
 * next turn comes all the same.
 *
 * @returns a promise that resolves when the last turn has ended
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
