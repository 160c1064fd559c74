import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 40;

interface Wait {
  /** The condition in words, for the failure: "until the API is ready". An assertion says it by itself. */
  readonly until?: string;
  /** Default 60. */
  readonly seconds?: number;
}

/**
 * Polls until a check holds: until it neither returns false nor fails an assertion. Other errors end the wait at once. Fails with
 * the condition and the last assertion when the time is over.
 *
 * @returns the value of the check
 */
export async function eventually<T>(check: () => T | Promise<T>, { until = 'it holds', seconds = 60 }: Wait = {}): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const { value, failure } = await tried(check);
    if (failure === null) return value;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain until ${until}: ${failure.message}`, { cause: failure });
    await delay(intervalMs);
  }
}

type Try<T> = { readonly value: T; readonly failure: null } | { readonly value: null; readonly failure: Error };

async function tried<T>(check: () => T | Promise<T>): Promise<Try<T>> {
  try {
    const value = await check();
    return value === false ? { value: null, failure: new Error('the check returns false') } : { value, failure: null };
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') return { value: null, failure: error };
    throw error;
  }
}
