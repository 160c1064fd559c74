import type { AskedTrialRepresentation } from '../api/ask.ts';
import { ProblemError } from './problem-error.ts';
import type { RetryOptions } from './retry.ts';
import { isLost } from './trial-lease.ts';
import type { Completion, Failure, TrialClient } from './trials.ts';

/** The end of an evaluation. */
export type TrialOutcome = { readonly trial: AskedTrialRepresentation } & (
  | { readonly kind: 'completed'; readonly value: number | null }
  | { readonly kind: 'failed'; readonly error: string; readonly willRetry: boolean }
  | { readonly kind: 'stopped'; readonly detail: string }
  | { readonly kind: 'released' }
);

/** Tells the service the end of a trial. A trial that the caller holds no longer counts as stopped. @throws what the service refuses */
export interface Settlement {
  /** Fails the trial if the service refuses the result, such as one without the study's metric. */
  readonly complete: (completion: Completion) => Promise<TrialOutcome>;
  readonly fail: (failure: Failure) => Promise<TrialOutcome>;
  readonly release: () => Promise<TrialOutcome>;
}

/** Makes the settlement of a trial. */
export function settlementOf(client: TrialClient, trial: AskedTrialRepresentation, retry: RetryOptions): Settlement {
  const ifHeld = async (settle: () => Promise<TrialOutcome>): Promise<TrialOutcome> => {
    try {
      return await settle();
    } catch (error) {
      if (isLost(error)) return { trial, kind: 'stopped', detail: error.message };
      throw error;
    }
  };
  const fail = async (failure: Failure): Promise<TrialOutcome> => {
    const { state } = await client.fail(trial, failure, retry);
    return { trial, kind: 'failed', error: failure.error, willRetry: state === 'queued' };
  };
  const complete = async (completion: Completion): Promise<TrialOutcome> => {
    try {
      const { value } = await client.complete(trial, completion, retry);
      return { trial, kind: 'completed', value };
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === 'invalid-request')) throw error;
      // One that resumed and reported nothing may have overlooked that steps are left: the next attempt may see it.
      const retry = completion.values === undefined && trial.resume?.trialId === trial.id;
      return fail({ error: `the result was refused: ${error.message}`, retry });
    }
  };
  const release = async (): Promise<TrialOutcome> => {
    await client.release(trial, retry);
    return { trial, kind: 'released' };
  };
  return {
    complete: (completion) => ifHeld(() => complete(completion)),
    fail: (failure) => ifHeld(() => fail(failure)),
    release: () => ifHeld(release),
  };
}
