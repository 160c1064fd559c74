import type { DirectiveRepresentation } from '../api/ask.ts';

/** Reason for which an evaluation must stop. */
export type StopReason = NonNullable<DirectiveRepresentation['reason']>;

/** The service told the worker to stop an evaluation: the reason of the trial's signal. */
export class TrialStoppedError extends Error {
  override readonly name = 'TrialStoppedError';
  readonly reason: StopReason;

  constructor(reason: StopReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** An objective throws it to fail its trial with this message alone, without a stack. */
export class TrialFailedError extends Error {
  override readonly name = 'TrialFailedError';
  /** False: the trial must not be tried again. */
  readonly retry: boolean;

  constructor(message: string, { retry = true, ...options }: ErrorOptions & { readonly retry?: boolean } = {}) {
    super(message, options);
    this.retry = retry;
  }
}
