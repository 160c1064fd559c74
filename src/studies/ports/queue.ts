import type { Capability, Job, Values } from '../../objectives/contract.ts';
import type { StopReason } from '../../objectives/stop-reason.ts';
import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { Json } from '../../shared/digest.ts';
import type { TrialError } from '../model/failure.ts';
import type { Trial, TrialIncident } from '../model/trial.ts';

/** A runner's claim on a trial: only the token that the claim gave changes the running trial. */
export interface Lease {
  readonly trialId: string;
  readonly token: string;
}

/** A claimed trial: its job, and only those parts of its study's definition that a runner needs. */
export interface ClaimedTrial extends Lease {
  readonly studyId: string;
  /** Results are reused within it alone. */
  readonly project: string;
  readonly number: number;
  /** The objective that evaluates it: one of the requested capabilities. */
  readonly objective: Capability;
  readonly job: Job;
  /** Upper bound of an attempt's duration; null: the study sets no limit. */
  readonly timeoutSeconds: number | null;
  /** For people. */
  readonly parameters: Trial['parameters'];
  /** Whole steps recorded by earlier attempts; they count if the training is still the same (see `Continuation`). */
  readonly stepsDone: number;
  /** The `traceparent` that is stored with the study; null if there is none. */
  readonly trace: string | null;
}

/** Instruction to the holder of a lease: continue, or the reason to stop: the study is paused, or the lease or the trial is gone. */
export type Directive = 'continue' | Extract<StopReason, 'pause' | 'abandon'>;

/**
 * Outcome of delivering a result.
 * `settled`: the trial has this result. The lease may have expired while the trial was open, and a repeated delivery under the same lease
 * (its first answer was lost) is settled too.
 * `conflict`: another result settled the trial; this one is kept under its key.
 * `lease-lost`: the trial was cancelled or deleted, or the delivery cannot settle it.
 */
export type Settlement =
  | { readonly kind: 'settled'; readonly studyId: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'lease-lost' };

/** One step that was trained for a running trial. */
export interface StepRecord {
  readonly step: number;
  readonly values: Values;
  /** Key of the training that the step belongs to (see `Continuation`); null: it counts for this attempt of its trial alone. */
  readonly resultKey: string | null;
  /** null if none could be written. `file` is its key among the artifacts. */
  readonly checkpoint: StepCheckpointFile | null;
  /** Incidents during the step, for people. */
  readonly incidents?: readonly Omit<TrialIncident, 'step'>[];
}

/**
 * The trial table as a queue. Every method is one small transaction of its own, takes no study lock, and retries lost races for
 * locks. Times are the database's. All methods may be repeated: a lost answer does not mean a lost write.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; the write may have been stored
 */
export interface TrialQueue {
  /**
   * Claims a queued trial of an active study whose objective the runner can evaluate: the highest priority first, then those that a client
   * enqueued, then the oldest; null if there is none. Of the trials with equal exclusion keys, in any study, one runs at a time: the one
   * with the most steps first, then the oldest. Trials of a paused study, or of another version of the objective, do not block others.
   *
   * @param token a new one for each claim (absent: one is generated); repeating a claim with the same token (the answer was lost)
   *   returns the trial that it holds already
   * @param capabilities objectives that the runner can evaluate; absent: every objective of this code
   */
  claim(runnerId: string, leaseSeconds: number, token?: string, capabilities?: readonly Capability[]): Promise<ClaimedTrial | null>;
  /** Renews leases; returns a directive for each token. */
  heartbeat(leases: readonly Lease[], leaseSeconds: number): Promise<ReadonlyMap<string, Directive>>;
  /**
   * Stores the values and the checkpoint of a trained step together. `diverged` (default false): no step follows; for a trial that
   * is yet to be evaluated. Idempotent: a repeated step (the answer was lost) counts once. If the lease expired, the step is kept
   * under its key, if it has one, for any equal training.
   *
   * @returns `settled`: the pruner of the study stopped the trial after this step
   */
  recordStep(lease: Lease, record: StepRecord, diverged?: boolean): Promise<Directive | Extract<Settlement, { kind: 'settled' }>>;
  /** Stores the last step and completes the trial in one transaction. */
  complete(lease: Lease, last: StepRecord, diverged: boolean): Promise<Settlement>;
  /** Completes a trial whose last step is recorded or adopted, and stores its measurement on the test split, in one transaction. */
  completeEvaluated(
    lease: Lease,
    measured: { readonly step: number; readonly resultKey: string; readonly evaluation: Json },
  ): Promise<Settlement>;
  /** Charges an attempt; the trial is queued again if the study's retries allow it and the error is not fatal. */
  fail(lease: Lease, error: TrialError): Promise<Settlement>;
  /** Requeues the trial without charging an attempt: its runner stops or its study is paused. */
  release(lease: Lease): Promise<void>;
  /**
   * Requeues the trials whose leases expired; a trial whose leases keep expiring without a new step fails. Returns the ids of the
   * affected studies.
   */
  expireLeases(leaseSeconds: number): Promise<string[]>;
}
