import { delay } from './delay.ts';
import { ProblemError } from './problem-error.ts';

/** Options of a request that may be repeated. */
export interface RetryOptions {
  /** Time for which the request is repeated while the service cannot be reached or is unavailable. Default 60. */
  readonly retrySeconds?: number | undefined;
  /** Aborting it abandons the request, which then throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the error before each repetition. */
  readonly onRetry?: ((error: unknown) => void) | undefined;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** Repeats a request until it succeeds, is refused for good, or its time is over. @throws its last error */
export async function withRetries<Answer>(
  attempt: () => Promise<Answer>,
  { retrySeconds = 60, signal, onRetry }: RetryOptions,
): Promise<Answer> {
  const end = performance.now() + retrySeconds * 1000;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = pauseAfter(error, failures);
      if (signal?.aborted || !mayPass(error) || performance.now() + pauseMs > end) throw error;
      onRetry?.(error);
      await delay(pauseMs, signal);
    }
  }
}

/** Doubles the pause with every failure and varies it, so that many workers do not return at the same moment. */
function pauseAfter(error: unknown, failures: number): number {
  const asked = error instanceof ProblemError ? error.retryAfterSeconds : undefined;
  const pauseMs = Math.min(firstPauseMs * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);
  return asked === undefined ? pauseMs : Math.min(asked * 1000, longestPauseMs);
}

/** Statuses below 500 after which the same request may succeed: request timeout, too many requests. */
const passingStatuses = [408, 429];

/** True if the same request may succeed later. fetch throws a TypeError if a connection fails or breaks. */
function mayPass(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status >= 500 || passingStatuses.includes(error.status);
  return error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError');
}
