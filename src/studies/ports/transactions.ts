import type { Values } from '../../objectives/contract.ts';
import type { Observation } from '../../samplers/contract.ts';
import type { Json } from '../../shared/digest.ts';
import type { CommitName } from '../../shared/fault-points.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { StoredDefinition } from '../definition/stored.ts';
import type { ChainedEvent } from '../events/event.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { TrialError } from '../model/failure.ts';
import type { StudyMove, StudyState } from '../model/states.ts';
import type { Outcome, SamplerProgress, Study, StudyCheckpoint, StudyMembership } from '../model/study.ts';
import type { TrialResult } from '../model/trial.ts';
import type { QueuedTrial } from '../search/queued-trials.ts';

/** Runs work in one database transaction: all of it is stored, or none. */
export interface Transactions<Transaction extends StudyTransaction = StudyTransaction> {
  /**
   * Retries the whole of `work` when the database could not serialise it; `work` must have no other effects.
   *
   * @param limits how long it may take; default one minute: what it locks, others wait for
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, limits?: { readonly timeoutSeconds: number }): Promise<T>;
}

/** A trial as a document has it. Nothing is trained for it; its result counts as `imported`. */
export interface FinishedTrial extends QueuedTrial {
  readonly state: 'completed' | 'pruned' | 'failed' | 'cancelled';
  readonly value: number | null;
  /** The value, oriented so that more is better. */
  readonly score: number | null;
  readonly values: Values | null;
  readonly diverged: boolean;
  readonly error: TrialError | null;
  /** What its model is worth on the test split; null where it was not measured. */
  readonly evaluation: Json | null;
}

/** Changes of one study, inside a transaction. */
export interface StudyTransaction {
  /** Says what this transaction is about to commit, for the fault points around its commit. */
  noteCommit(what: CommitName): void;
  /**
   * Suggestions of a slow sampler are due for a study: they are planned in the background once this transaction is committed (see
   * `BackgroundPlanning`). If the process dies first, a sweep finds the study.
   */
  suggestionsDue(studyId: string): void;
  insertStudy(study: {
    id: string;
    spec: ResolvedSpec;
    definition: StoredDefinition;
    progress: SamplerProgress;
    objectiveVersion: number;
    campaign: StudyMembership | null;
  }): Promise<void>;
  /** Queues trials; `queuedTrials` makes them of planned ones. */
  insertTrials(studyId: string, trials: readonly QueuedTrial[]): Promise<void>;
  /** Inserts trials that are final from the start, with their results: those of a document. Of those that were cancelled it has none. */
  insertFinishedTrials(studyId: string, trials: readonly FinishedTrial[]): Promise<void>;
  insertCheckpoints(studyId: string, checkpoints: readonly StudyCheckpoint[]): Promise<void>;
  /** Locks the study's row until the transaction ends and reads it; null when there is none. Taken before any trial's lock. */
  lockStudy(studyId: string): Promise<Study | null>;
  countCheckpoints(studyId: string): Promise<number>;
  /** Trials from a number on, in order, as the search sees them. */
  resultsFrom(studyId: string, number: number): Promise<TrialResult[]>;
  /** Results of the trials from a number on (up to, not with, `end`; null: all), in order, with all that enters the event log. */
  storedResults(studyId: string, from: number, end: number | null): Promise<StoredResult[]>;
  /** Appends chained events to the log of a locked or new study, and moves the end of its chain. */
  insertEvents(studyId: string, events: readonly ChainedEvent[]): Promise<void>;
  /** The observed trials 0 … `number` − 1 of a locked study, in order, as a sampler sees them. They never change, so they may come from memory. */
  observationsBefore(studyId: string, number: number): Promise<readonly Observation[]>;
  /** Stores a change of a locked study and raises its version; fields that are left out stay. */
  updateStudy(studyId: string, change: { state?: StudyState; outcome?: Outcome; progress?: SamplerProgress }): Promise<void>;
  /** Cancels every queued or running trial; whoever trains one learns it from the next heartbeat. */
  cancelOpenTrials(studyId: string): Promise<void>;
  /** Deletes a study with all that belongs to it. */
  deleteStudy(studyId: string): Promise<void>;
  /** What the study is a part of, where it is; see `StudyOwner`. */
  readonly owner: StudyOwner;
}

/**
 * The hook through which a study tells what it is a part of, in the study's own transaction and under its lock. A study alone
 * has nobody to tell.
 */
export interface StudyOwner {
  /** The study's end is stored; what follows from it for the owner joins the transaction. */
  studyEnded(study: Pick<Study, 'campaign'>): Promise<void>;
  /**
   * A client is about to pause, resume or cancel the study. Locks the owner, also where it allows every move: of two moves, the
   * study's and the owner's, the later one has the later time.
   *
   * @throws DomainError `illegal-move` where the owner forbids it
   */
  beforeMove(study: Study, move: StudyMove): Promise<void>;
}
