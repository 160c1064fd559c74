import type { AskAnswer, AskedTrialRepresentation } from '../api/ask.ts';
import type { Client } from './client.ts';
import { delay } from './delay.ts';
import { evaluate, type Objective } from './evaluation.ts';
import type { RetryOptions } from './retry.ts';
import type { TrialOutcome } from './settlement.ts';

/** Settings of a worker. */
export interface OptimizeOptions {
  /** Trials at a time. Default 1. */
  readonly concurrency?: number;
  /** Name of the worker, for people. Default: a random one. */
  readonly worker?: string;
  /** Time without a sign of life after which the service gives a trial to another worker, 5 to 3600. Default 60. */
  readonly leaseSeconds?: number;
  /** Aborting it stops the evaluations, returns their trials to the queue, and ends the call without an error. */
  readonly signal?: AbortSignal;
  /** Ends after so many trials. Default: when the study ends. */
  readonly trials?: number;
  /** Time for which a request is repeated while the service cannot be reached. Default 600. */
  readonly retrySeconds?: number;
  /** Called when a trial is no longer held. */
  readonly onTrial?: (outcome: TrialOutcome) => void;
  /** Called with the error each time a request is repeated. */
  readonly onRetry?: (error: unknown) => void;
}

/** The work of a worker: its trials by their outcome. */
export interface OptimizeSummary {
  readonly completed: number;
  /** Failed attempts; the service may have put their trials back into the queue. */
  readonly failed: number;
  /** Evaluations that the service stopped. */
  readonly stopped: number;
  /** Trials that were returned to the queue because the worker stopped. */
  readonly released: number;
  /** The last answer of the service if there is nothing left to ask for, such as "the study has ended"; otherwise null. */
  readonly ended: string | null;
}

/** Time that the service may keep a request for a trial until there is one. */
const waitSeconds = 30;

/**
 * Evaluates trials of a study until it has ended: asks, runs the objective, sends heartbeats and reports, completes. An objective that
 * throws fails its trial, which the service may try again.
 *
 * @throws the error of a request that the service refuses, or that is not answered in time; the other trials are finished first
 */
export async function optimize(
  client: Client,
  studyId: string,
  objective: Objective,
  options: OptimizeOptions = {},
): Promise<OptimizeSummary> {
  const { concurrency = 1, trials: mostTrials = Number.POSITIVE_INFINITY, signal: stop = new AbortController().signal, onTrial } = options;
  const retry = { retrySeconds: options.retrySeconds ?? 600, onRetry: options.onRetry };
  const asking = new Asking(client, studyId, options, retry);
  const counts = { completed: 0, failed: 0, stopped: 0, released: 0 };
  let taken = 0;
  const slot = async (): Promise<void> => {
    while (taken < mostTrials) {
      taken += 1;
      const trial = await asking.next();
      if (trial === null) return;
      const outcome = await evaluate({ client, studyId, objective, retry, stop }, trial);
      counts[outcome.kind] += 1;
      onTrial?.(outcome);
    }
  };
  // After an error of one slot, the others finish their trials and take no more.
  const slots = Array.from({ length: concurrency }, () =>
    slot().catch((error: unknown) => {
      asking.close(error);
      throw error;
    }),
  );
  const ends = await Promise.allSettled(slots);
  asking.close(null);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { ...counts, ended: asking.ended };
}

/** Takes the trials of a worker one by one. */
class Asking {
  /** The answer of the service when there was nothing left to ask for. */
  ended: string | null = null;
  readonly #ask: (signal: AbortSignal) => Promise<AskAnswer>;
  readonly #closed = new AbortController();

  /** The signal of the options closes it. */
  constructor(client: Client, studyId: string, { worker = randomName(), leaseSeconds = 60, signal }: OptimizeOptions, retry: RetryOptions) {
    const onAbort = (): void => this.close(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    this.#closed.signal.addEventListener('abort', () => signal?.removeEventListener('abort', onAbort));
    if (signal?.aborted) onAbort();
    this.#ask = (signal) => client.ask(studyId, { worker, leaseSeconds, waitSeconds }, { ...retry, signal });
  }

  /** Waits for a trial. @returns null if there is none any more, or if the asking is closed */
  async next(): Promise<AskedTrialRepresentation | null> {
    const { signal } = this.#closed;
    try {
      while (!signal.aborted && this.ended === null) {
        const askedAt = performance.now();
        const { trials, waiting } = await this.#ask(signal);
        const [trial] = trials;
        if (trial) return trial;
        const pauseSeconds = waiting?.retryAfterSeconds ?? null;
        if (pauseSeconds === null) this.ended = waiting?.detail ?? 'there is nothing left to ask for';
        // The service usually kept the request for longer than the pause that it asks for.
        else await delay(Math.max(0, askedAt + pauseSeconds * 1000 - performance.now()), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return null;
  }

  close(reason: unknown): void {
    this.#closed.abort(reason);
  }
}

function randomName(): string {
  return `client-${Math.random().toString(36).slice(2, 10)}`;
}
