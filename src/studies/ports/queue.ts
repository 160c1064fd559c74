import type { Values } from '../../objectives/contract.ts';
import type { TestEvaluation } from '../../objectives/text-classifier/test-evaluation.ts';
import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { TrialError } from '../model/failure.ts';
import type { TrainingEnvironment, Trial, TrialIncident } from '../model/trial.ts';

/** A runner's claim on a trial: only the token that the claim gave changes the running trial. */
export interface Lease {
  readonly trialId: string;
  readonly token: string;
}

/** A trial that was claimed, with all that training it needs. */
export interface ClaimedTrial extends Lease {
  readonly studyId: string;
  readonly number: number;
  readonly spec: ResolvedSpec;
  /** Version of the trainer's code that its study began with. */
  readonly trainerVersion: number;
  readonly parameters: Trial['parameters'];
  /** Whole steps recorded by earlier attempts; they count where the training is still the same (see `beginTraining`). */
  readonly stepsDone: number;
}

/** What the holder of a lease shall do: go on, stop after this step (paused), or stop now (the lease or the trial is gone). */
export type Directive = 'continue' | 'pause' | 'abandon';

/**
 * What came of delivering a result. `settled`: it is the trial's, also where the lease had ended while the trial was still open, and
 * where the same lease delivers it again (its first answer was lost). `conflict`: the trial was settled by another; the
 * result is kept under its digest. `lease-lost`: the trial was cancelled or is gone, or what was delivered cannot settle it.
 */
export type Settlement =
  | { readonly kind: 'settled'; readonly studyId: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'lease-lost' };

/** One step that was trained for a running trial. */
export interface StepRecord {
  readonly step: number;
  readonly values: Values;
  readonly resultKey: string;
  /** null where none could be written. The path is relative to the artifact folder. */
  readonly checkpoint: StepCheckpointFile | null;
  /** What happened on the way, for people. */
  readonly incidents?: readonly Omit<TrialIncident, 'step'>[];
}

/** What is known of a training before it begins or goes on, whoever trained it. */
export interface KnownTraining {
  /** Steps whose values are known, without a gap from the first, at most as many as the trial asks for. */
  readonly steps: number;
  /** The last of them diverged: it answers every request for as many steps or more. */
  readonly diverged: boolean;
  /** Recorded checkpoints of those steps, the latest first. Paths are relative to the artifact folder. */
  readonly checkpoints: readonly StepCheckpointFile[];
}

/**
 * The trial table as a queue. Every method is one small transaction of its own and takes no study lock. Times are the
 * database's.
 */
export interface TrialQueue {
  /**
   * Takes the oldest queued trial of an active study; null when there is none. Of trials that share a training (all of
   * it but the steps) one runs at a time, whichever study they are of: first the one that asks for most steps, then
   * the oldest. Those of a paused study keep nobody waiting.
   *
   * @param token a new one for each claim (absent: one is made); asked again with the same (the answer was lost), it gives the trial that it holds already
   */
  claim(runnerId: string, leaseSeconds: number, token?: string): Promise<ClaimedTrial | null>;
  /** Renews leases; answers for each what its holder shall do. */
  heartbeat(leases: readonly Lease[], leaseSeconds: number): Promise<ReadonlyMap<string, Directive>>;
  /**
   * Notes which training a trial is, by the digest of its steps, and reads what is known of it; null where the lease is
   * lost. Steps that an earlier attempt recorded under another digest no longer count. `steps`: as many as the trial asks for.
   * `environment`: where it runs, kept with the digest; the first word stands.
   */
  beginTraining(
    lease: Lease,
    training: { readonly resultKey: string; readonly steps: number; readonly environment: TrainingEnvironment },
  ): Promise<KnownTraining | null>;
  /** Makes the known steps up to and with one the trial's own: its training was continued after them (0: it began anew). Called between `beginTraining` and the next `recordStep`. */
  adoptSteps(lease: Lease, step: number, incidents?: readonly TrialIncident[]): Promise<Directive>;
  /**
   * Stores the values and the checkpoint of a trained step together. `diverged` (default false): no step follows; for a trial
   * that is yet to be evaluated. Asked again for the same step (the answer was lost) it counts once. Where the lease ended, the
   * step is kept under its digest for whoever goes on.
   */
  recordStep(lease: Lease, record: StepRecord, diverged?: boolean): Promise<Directive>;
  /** Stores the last step and completes the trial with it, together: no state lies between. */
  complete(lease: Lease, last: StepRecord, diverged: boolean): Promise<Settlement>;
  /** Completes the trial from known steps, nothing being trained; `step` is the last one it asks for, or one that diverged. Called after `beginTraining`. */
  completeKnown(lease: Lease, step: number): Promise<Settlement>;
  /** Completes a trial whose last step is recorded or adopted, with what its model is worth on the test split, together. */
  completeEvaluated(
    lease: Lease,
    measured: { readonly step: number; readonly resultKey: string; readonly evaluation: TestEvaluation },
  ): Promise<Settlement>;
  /** Charges an attempt; the trial is queued again while the study's retries allow it and the error is not fatal. */
  fail(lease: Lease, error: TrialError): Promise<Settlement>;
  /** Puts the trial back, uncharged: its runner stops or its study is paused. */
  release(lease: Lease): Promise<void>;
  /** Puts back the trials whose leases ended; one that keeps ending without a new step fails. Returns the studies touched. */
  expireLeases(leaseSeconds: number): Promise<string[]>;
}
