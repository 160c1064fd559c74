import type { Observation } from '../samplers/contract.ts';
import type { EpochCheckpointFile, EpochMetrics } from '../training/protocol.ts';
import type { PlannedTrial } from './advance-plan.ts';
import type { ResolvedSpec } from './spec.ts';
import type { StudyState } from './states.ts';
import type { EpochReport, Outcome, SamplerProgress, Study, StudyCheckpoint, Trial, TrialError, TrialResult } from './study.ts';

/** Runs work in one database transaction: all of it is stored, or none. */
export interface Transactions {
  /** Retries the whole of `work` when the database could not serialise it; `work` must have no other effects. */
  transaction<T>(work: (tx: StudyTransaction) => Promise<T>): Promise<T>;
}

/** Changes of one study, inside a transaction. */
export interface StudyTransaction {
  insertStudy(study: { id: string; spec: ResolvedSpec; progress: SamplerProgress }): Promise<void>;
  insertTrials(studyId: string, trials: readonly PlannedTrial[]): Promise<void>;
  insertCheckpoints(studyId: string, checkpoints: readonly StudyCheckpoint[]): Promise<void>;
  /** Locks the study's row until the transaction ends and reads it; null when there is none. Taken before any trial's lock. */
  lockStudy(studyId: string): Promise<Study | null>;
  countCheckpoints(studyId: string): Promise<number>;
  /** Trials from a number on, in order, as the search sees them. */
  resultsFrom(studyId: string, number: number): Promise<TrialResult[]>;
  /** The folded trials 0 … `number` − 1 of a locked study, in order, as a sampler sees them. They never change, so they may come from memory. */
  observationsBefore(studyId: string, number: number): Promise<readonly Observation[]>;
  /** Stores a change of a locked study and raises its version; fields that are left out stay. */
  updateStudy(studyId: string, change: { state?: StudyState; outcome?: Outcome; progress?: SamplerProgress }): Promise<void>;
  /** Cancels every queued or running trial; whoever trains one learns it from the next heartbeat. */
  cancelOpenTrials(studyId: string): Promise<void>;
  /** Deletes a study with all that belongs to it. */
  deleteStudy(studyId: string): Promise<void>;
}

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
  readonly parameters: Trial['parameters'];
  /** Whole epochs recorded by earlier attempts, and the digest that their checkpoints are kept under. */
  readonly epochsDone: number;
  readonly epochsDigest: string | null;
}

/** What the holder of a lease shall do: go on, stop after this epoch (paused), or stop now (the lease or the trial is gone). */
export type Directive = 'continue' | 'pause' | 'abandon';

/** What came of delivering a result. `lease-lost`: another holds the trial, or it was cancelled; nothing was stored. */
export type Settlement = { readonly kind: 'settled'; readonly studyId: string } | { readonly kind: 'lease-lost' };

/** One finished epoch of a running trial. */
export interface EpochRecord {
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  readonly epochsDigest: string;
  /** null where none could be written. The path is relative to the artifact folder. */
  readonly checkpoint: EpochCheckpointFile | null;
}

/**
 * The trial table as a queue. Every method is one small transaction of its own and takes no study lock. Times are the
 * database's.
 */
export interface TrialQueue {
  /** Takes the oldest queued trial of an active study; null when there is none. */
  claim(runnerId: string, leaseSeconds: number): Promise<ClaimedTrial | null>;
  /** Renews leases; answers for each what its holder shall do. */
  heartbeat(leases: readonly Lease[], leaseSeconds: number): Promise<ReadonlyMap<string, Directive>>;
  /** Stores an epoch's metrics and checkpoint together. */
  recordEpoch(lease: Lease, record: EpochRecord): Promise<Directive>;
  /** Epoch checkpoints of a digest up to an epoch, the latest first. */
  epochCheckpoints(epochsDigest: string, upTo: number): Promise<EpochCheckpointFile[]>;
  /** Stores the last epoch and completes the trial with it, together: no state lies between. */
  complete(lease: Lease, last: EpochRecord, diverged: boolean): Promise<Settlement>;
  /** Charges an attempt; the trial is queued again while the study's retries allow it and the error is not fatal. */
  fail(lease: Lease, error: TrialError): Promise<Settlement>;
  /** Puts the trial back, uncharged: its runner stops or its study is paused. */
  release(lease: Lease): Promise<void>;
  /** Puts back the trials whose leases ended; one that keeps ending without a new epoch fails. Returns the studies touched. */
  expireLeases(leaseSeconds: number): Promise<string[]>;
}

/** A page of a list, and where the next one starts. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Key of the last item where there are more, else null. */
  readonly next: string | null;
}

/** Which studies to list, newest first; `after` is the id of the last study of the page before. */
export interface StudyFilter {
  readonly state?: StudyState | undefined;
  readonly name?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** How many trials of a study are in each state. */
export type TrialCounts = Readonly<Record<Trial['state'], number>>;

/** Reads for people and programs; each sees one consistent state, and those of one `snapshot` see the same. */
export interface StudyReader {
  /** Runs reads that all see the state of one moment. They run one after another and hold a connection until they end. */
  snapshot<T>(work: (reader: StudyReader) => Promise<T>): Promise<T>;
  study(id: string): Promise<Study | null>;
  studies(filter: StudyFilter): Promise<Page<Study>>;
  trialCounts(studyId: string): Promise<TrialCounts>;
  /** Trials by number; `after` is the number of the last one of the page before. */
  trials(filter: {
    studyId: string;
    state?: Trial['state'] | undefined;
    generation?: number | undefined;
    limit: number;
    after?: number | undefined;
  }): Promise<Page<Trial>>;
  /** Completed trials that count, best first; values that are not finite last; ties to the lower number. */
  leaderboard(studyId: string, limit: number): Promise<Trial[]>;
  trial(id: string): Promise<Trial | null>;
  epochReports(trialId: string): Promise<EpochReport[]>;
  /** Study checkpoints by sequence; `after` is the sequence of the last one of the page before. */
  checkpoints(filter: {
    studyId: string;
    generationsOnly?: boolean;
    limit: number;
    after?: number | undefined;
  }): Promise<Page<StudyCheckpoint>>;
  /** Sum of epochs trained so far over all trials of a study. */
  epochsTrained(studyId: string): Promise<number>;
}

/** Studies that an advance may be due for: what a sweep looks after when whoever settled a trial died. */
export interface StudySweep {
  /** Adds the time since the last tick to the active studies with a wall-clock budget; a gap longer than `longestSeconds` is down time and not counted. A study that is being changed is left for the next tick. */
  tickWallClock(longestSeconds: number): Promise<void>;
  /** Active studies that an advance would move: a finished trial can be folded, a trial can be queued, nothing is open, or their time is used up. */
  studiesDue(): Promise<string[]>;
}
