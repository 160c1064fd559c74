import type { AskedTrialRepresentation, DirectiveRepresentation } from '../api/ask.ts';
import { delay } from './delay.ts';
import { ProblemError } from './problem-error.ts';
import type { RetryOptions } from './retry.ts';
import { TrialStoppedError } from './trial-stopped.ts';
import type { MeasuredValues, Report, TrialClient } from './trials.ts';

/** Most reports that the service takes at a time. */
const mostReports = 1000;

/**
 * A trial that a worker holds: sends its heartbeats and its reports until it is closed, and aborts `signal` when the service says stop or
 * the worker stops.
 */
export class TrialLease {
  /** Its reason is a TrialStoppedError, or that of the worker's signal. */
  readonly signal: AbortSignal;
  readonly #client: TrialClient;
  readonly #trial: AskedTrialRepresentation;
  readonly #retry: RetryOptions;
  readonly #stop = new AbortController();
  readonly #closed = new AbortController();
  readonly #waiting: Report[] = [];
  #sending: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** @param worker aborted when the worker stops */
  constructor(client: TrialClient, trial: AskedTrialRepresentation, worker: AbortSignal, retry: RetryOptions) {
    [this.#client, this.#trial, this.#retry] = [client, trial, retry];
    this.signal = this.#stop.signal;
    const onAbort = (): void => this.#stop.abort(worker.reason);
    worker.addEventListener('abort', onAbort);
    this.#closed.signal.addEventListener('abort', () => worker.removeEventListener('abort', onAbort));
    if (worker.aborted) onAbort();
    void this.#beat();
  }

  /** Sends a report, together with those that wait. Does nothing once the evaluation must stop. @throws what the service refuses */
  report(report: Report): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    this.#waiting.push(report);
    this.#sending ??= this.#sendReports();
    // Nobody has to wait for a report: `reported` throws the error as well.
    this.#sending.catch(() => undefined);
    return this.#sending;
  }

  /** Waits until all reports are sent. @throws the first error of a report */
  async reported(): Promise<void> {
    await this.#sending;
    if (this.#failure) throw this.#failure.error;
  }

  /** Ends the heartbeats. */
  close(): void {
    this.#closed.abort();
  }

  async #sendReports(): Promise<void> {
    try {
      await Promise.resolve(); // reports that are made without a pause go together
      while (this.#waiting.length > 0 && !this.signal.aborted) {
        const reports = this.#waiting.splice(0, mostReports);
        await this.#obey(() => this.#client.report(this.#trial, reports, this.#retry));
      }
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#sending = null;
    }
  }

  /** Renews the lease three times in its length. A heartbeat is repeated until it is answered: a lost lease may still be open. */
  async #beat(): Promise<void> {
    const { signal } = this.#closed;
    const pauseMs = (this.#trial.lease.seconds * 1000) / 3;
    const retry = { ...this.#retry, retrySeconds: pauseMs / 1000, signal };
    while (!this.signal.aborted) {
      try {
        await delay(pauseMs, signal);
        await this.#obey(() => this.#client.heartbeat(this.#trial, retry));
      } catch (error) {
        if (signal.aborted) return;
        this.#retry.onRetry?.(error);
      }
    }
  }

  async #obey(request: () => Promise<DirectiveRepresentation>): Promise<void> {
    try {
      const { directive, reason, detail } = await request();
      if (directive === 'stop') this.#stop.abort(new TrialStoppedError(reason ?? 'cancelled', detail ?? 'the service said stop'));
    } catch (error) {
      if (!isLost(error)) throw error;
      this.#stop.abort(new TrialStoppedError('lease-lost', error.message));
    }
  }
}

/** True if the service answered that the caller holds the trial no longer, or that the trial is gone. */
export function isLost(error: unknown): error is ProblemError {
  return error instanceof ProblemError && ['stale-token', 'state-conflict', 'trial-not-found'].includes(error.code);
}

/** The trial that an objective evaluates. */
export interface RunningTrial extends Omit<AskedTrialRepresentation, 'lease'> {
  /** Aborted when the evaluation must stop: by the service (the reason is a TrialStoppedError) or by the worker's own signal. */
  readonly signal: AbortSignal;
  /**
   * Reports the values of a step, and a reference to a checkpoint from which a later attempt may continue. Each step once. It need not be
   * awaited: the trial fails if a report is refused.
   */
  readonly report: (step: number, values: MeasuredValues, options?: { readonly checkpoint?: string | undefined }) => Promise<void>;
}

/** Returns the trial as its objective sees it. */
export function runningTrial({ lease: _, ...trial }: AskedTrialRepresentation, lease: TrialLease): RunningTrial {
  return {
    ...trial,
    signal: lease.signal,
    report: (step, values, { checkpoint } = {}) => lease.report({ step, values, ...(checkpoint !== undefined && { checkpoint }) }),
  };
}
