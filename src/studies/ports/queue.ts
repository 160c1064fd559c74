import type { Capability, Job, Values } from '../../objectives/contract.ts';
import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { Json } from '../../shared/digest.ts';
import type { TrialError } from '../model/failure.ts';
import type { Trial, TrialIncident } from '../model/trial.ts';

/** A runner's claim on a trial: only the token that the claim gave changes the running trial. */
export interface Lease {
  readonly trialId: string;
  readonly token: string;
}

/** A trial that was claimed: its job, and nothing else of its study's definition than what a runner needs. */
export interface ClaimedTrial extends Lease {
  readonly studyId: string;
  readonly number: number;
  /** The objective that evaluates it: one of those that were asked for. */
  readonly objective: Capability;
  readonly job: Job;
  /** Longest that an attempt may take; null: the study sets no limit. */
  readonly timeoutSeconds: number | null;
  /** For people. */
  readonly parameters: Trial['parameters'];
  /** Whole steps recorded by earlier attempts; they count where the training is still the same (see `Continuation`). */
  readonly stepsDone: number;
}

/** What the holder of a lease shall do: go on, stop after this step (paused), or stop now (the lease or the trial is gone). */
export type Directive = 'continue' | 'pause' | 'abandon';

/**
 * What came of delivering a result. `settled`: it is the trial's, also where the lease had ended while the trial was still open, and
 * where the same lease delivers it again (its first answer was lost). `conflict`: the trial was settled by another; the
 * result is kept under its key. `lease-lost`: the trial was cancelled or is gone, or what was delivered cannot settle it.
 */
export type Settlement =
  | { readonly kind: 'settled'; readonly studyId: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'lease-lost' };

/** One step that was trained for a running trial. */
export interface StepRecord {
  readonly step: number;
  readonly values: Values;
  /** Key of the training it is a step of (see `Continuation`); null: it counts for this attempt of its trial alone. */
  readonly resultKey: string | null;
  /** null where none could be written. `file` is its key among the artifacts. */
  readonly checkpoint: StepCheckpointFile | null;
  /** What happened on the way, for people. */
  readonly incidents?: readonly Omit<TrialIncident, 'step'>[];
}

/**
 * The trial table as a queue. Every method is one small transaction of its own and takes no study lock. Times are the
 * database's.
 */
export interface TrialQueue {
  /**
   * Takes the queued trial of highest priority, of those the oldest, of an active study whose objective the runner can evaluate;
   * null when there is none. Of trials with equal exclusion keys one runs at a time, whichever study they are of: first the one
   * that asks for most steps, then the oldest. Those of a paused study, or of another version of the objective, keep nobody waiting.
   *
   * @param token a new one for each claim (absent: one is made); asked again with the same (the answer was lost), it gives the trial that it holds already
   * @param capabilities what the runner can evaluate; absent: every objective of this code
   */
  claim(runnerId: string, leaseSeconds: number, token?: string, capabilities?: readonly Capability[]): Promise<ClaimedTrial | null>;
  /** Renews leases; answers for each what its holder shall do. */
  heartbeat(leases: readonly Lease[], leaseSeconds: number): Promise<ReadonlyMap<string, Directive>>;
  /**
   * Stores the values and the checkpoint of a trained step together. `diverged` (default false): no step follows; for a trial
   * that is yet to be evaluated. Asked again for the same step (the answer was lost) it counts once. Where the lease ended, the
   * step is kept under its key, if it has one, for whoever goes on.
   */
  recordStep(lease: Lease, record: StepRecord, diverged?: boolean): Promise<Directive>;
  /** Stores the last step and completes the trial with it, together: no state lies between. */
  complete(lease: Lease, last: StepRecord, diverged: boolean): Promise<Settlement>;
  /** Completes a trial whose last step is recorded or adopted, with what its model is worth on the test split, together. */
  completeEvaluated(
    lease: Lease,
    measured: { readonly step: number; readonly resultKey: string; readonly evaluation: Json },
  ): Promise<Settlement>;
  /** Charges an attempt; the trial is queued again while the study's retries allow it and the error is not fatal. */
  fail(lease: Lease, error: TrialError): Promise<Settlement>;
  /** Puts the trial back, uncharged: its runner stops or its study is paused. */
  release(lease: Lease): Promise<void>;
  /** Puts back the trials whose leases ended; one that keeps ending without a new step fails. Returns the studies touched. */
  expireLeases(leaseSeconds: number): Promise<string[]>;
}
