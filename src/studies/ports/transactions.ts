import type { Values } from '../../objectives/contract.ts';
import type { History } from '../../samplers/observation.ts';
import type { Json } from '../../shared/digest.ts';
import type { DomainError } from '../../shared/errors.ts';
import type { CommitName } from '../../shared/fault-points.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { DefinitionChanges } from '../definition/changes.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { StoredDefinition } from '../definition/stored.ts';
import type { ChainedEvent } from '../events/event.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { TrialError } from '../model/failure.ts';
import type { ForkOrigin } from '../model/fork-origin.ts';
import type { StudyMove, StudyState } from '../model/states.ts';
import type { Outcome, Restart, SamplerProgress, Study, StudyCheckpoint, StudyMembership } from '../model/study.ts';
import type { Trial, TrialResult } from '../model/trial.ts';
import type { Judgement } from '../pruning/judgement.ts';
import type { QueuedTrial } from '../search/queued-trials.ts';
import type { ResultNotes } from './workers.ts';

/** Runs work in one database transaction: everything is stored, or nothing. */
export interface Transactions<Transaction extends StudyTransaction = StudyTransaction> {
  /**
   * Runs the whole of `work` again after a deadlock or a serialisation failure, up to 5 times in all; `work` must have no other
   * effects. Other transactions wait for the locks that it holds.
   *
   * @param limits upper bound of its duration; default one minute
   * @throws the error of `work`, after a rollback; DatabaseUnreachableError while the database is unreachable
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, limits?: { readonly timeoutSeconds: number }): Promise<T>;
}

/** A trial that is final when it is stored, of a document or known. It is not trained. */
export interface FinishedTrial extends QueuedTrial {
  readonly state: 'completed' | 'pruned' | 'failed' | 'cancelled';
  readonly source: Trial['source'];
  readonly value: number | null;
  /** The value, oriented so that more is better. */
  readonly score: number | null;
  /** As that of a trial. */
  readonly violation?: number;
  readonly metricValues?: readonly number[];
  readonly values: Values | null;
  readonly diverged: boolean;
  readonly error: TrialError | null;
  /** Its model's measurement on the test split; null if it was not measured. */
  readonly evaluation: Json | null;
  /** The decisions of a pruner about it; absent if there are none. A stopped trial ended with the last one. */
  readonly judgements?: readonly Judgement[];
  /** The words of the client that gave its result. */
  readonly notes?: ResultNotes;
}

/** Values of a study after a change. */
export interface StudyChange {
  /** All that differ from the stored definition. */
  readonly changes: DefinitionChanges | null;
  /** The definition with them. */
  readonly spec: ResolvedSpec;
  readonly priority: number;
}

/** Whose a new study or campaign is. Parts of a campaign are of the campaign's owner. */
export interface Ownership {
  /** Name of the project. */
  readonly project: string;
  /** Id of the key by which it is made; null: none was needed. */
  readonly createdBy: string | null;
}

/** A request that creates a study or campaign, under the key that its client gave it. */
export interface KeyedRequest {
  /** Tells clients apart: two may give the same key to different requests. */
  readonly caller: string;
  /** Method and path. */
  readonly route: string;
  readonly key: string;
  /** Digest of the body: another body under the same key is a mistake. */
  readonly body: string;
}

/**
 * Changes of one study, inside a transaction. The study's lock is taken before those of its trials, and these by number.
 *
 * @throws ZodError if a stored document does not match the schema of this version; the driver's error on a lost race, which must
 *   reach `transaction`
 */
export interface StudyTransaction {
  /** Names a write that this transaction is about to commit, for the fault points around its commit. */
  noteCommit(what: CommitName): void;
  /**
   * Reports that suggestions of a slow sampler are due for a study: they are planned in the background after the commit (see
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
    forkedFrom: ForkOrigin | null;
    /** Of an imported study; absent: none. `spec` has them. */
    changes?: DefinitionChanges | null;
  }): Promise<void>;
  /** Keeps a request with the id of the study or campaign that this transaction creates for it. Throws if the key has one already. */
  keepRequest(request: KeyedRequest & { readonly resource: string }): Promise<void>;
  /** Queues trials; `queuedTrials` makes them from planned ones. @param priority that of the study; default 0, as a new one has it */
  insertTrials(studyId: string, trials: readonly QueuedTrial[], priority?: number): Promise<void>;
  /** Inserts trials that are final from the start, with their results: those of a document. Cancelled trials have no results. */
  insertFinishedTrials(studyId: string, trials: readonly FinishedTrial[]): Promise<void>;
  insertCheckpoints(studyId: string, checkpoints: readonly StudyCheckpoint[]): Promise<void>;
  /** Locks the study's row until the transaction ends and reads it; null if there is none. Taken before any trial's lock. */
  lockStudy(studyId: string): Promise<Study | null>;
  /** The error `quota-exceeded` if the project of a study may create no trials now, to some seconds; null if it may. */
  spentQuota(studyId: string): Promise<DomainError | null>;
  countCheckpoints(studyId: string): Promise<number>;
  /** The last study checkpoints, the last one first. */
  lastCheckpoints(studyId: string, count: number): Promise<readonly StudyCheckpoint[]>;
  /** Trials from a number on (excluding `end`; absent: all), in order, with the fields that the search reads. */
  resultsFrom(studyId: string, number: number, end?: number): Promise<TrialResult[]>;
  /**
   * If at least so many trials of a study are open: the trials from a number on up to the first open one, and those behind it that failed,
   * in order. null: fewer are open.
   */
  resultsIfFull(studyId: string, number: number, open: number): Promise<TrialResult[] | null>;
  /** Results of the trials from a number on (excluding `end`; null: all), in order, with everything that enters the event log. */
  storedResults(studyId: string, from: number, end: number | null): Promise<StoredResult[]>;
  /** Appends chained events to the log of a locked or new study, and updates the head of its chain. */
  insertEvents(studyId: string, events: readonly ChainedEvent[]): Promise<void>;
  /**
   * The observed trials 0 … `number` − 1 of a locked study, in order, as a sampler reads them. They never change, so they may come
   * from a cache.
   */
  observationsBefore(studyId: string, number: number): Promise<History>;
  /** Configurations of the first `count` given trials of a locked study, by number. They never change, so they may come from a cache. */
  givenConfigurations(studyId: string, count: number): Promise<readonly Configuration[]>;
  /** Stores a change of a locked study and raises its version; omitted fields stay. */
  updateStudy(studyId: string, change: { state?: StudyState; outcome?: Outcome; progress?: SamplerProgress }): Promise<void>;
  /** Stores values of a locked study that were changed, and raises its version. Its open trials get its priority. */
  changeStudy(studyId: string, change: StudyChange): Promise<void>;
  /**
   * Takes the search of a locked study back to a place: study checkpoints from `checkpoints` on are deleted. If it has ended, it is active
   * again, without its outcome, and cancelled trials are queued again. Follows `changeStudy`, which raises the version.
   *
   * @throws DomainError if it had ended: `project-erasing` if its project is being erased, `quota-exceeded` if that has too many open studies
   */
  restartSearch(studyId: string, restart: Restart): Promise<void>;
  /** Cancels every queued or running trial; the holder of a lease learns it from its next heartbeat. */
  cancelOpenTrials(studyId: string): Promise<void>;
  /** Deletes a study with all that belongs to it. */
  deleteStudy(studyId: string): Promise<void>;
  /** The owner of the study (see `StudyOwner`). */
  readonly owner: StudyOwner;
}

/**
 * The hook through which a study tells its owner of changes, in the study's own transaction and under its lock. For a standalone
 * study it does nothing.
 */
export interface StudyOwner {
  /** Called after the study's end is stored; the consequences for the owner join the transaction. */
  studyEnded(study: Pick<Study, 'campaign'>): Promise<void>;
  /**
   * Called before a client's pause, resume or cancel. Locks the owner even if it allows every transition: of two transitions, the
   * study's and the owner's, the later one has the later time.
   *
   * @throws DomainError `state-conflict` if the owner forbids it
   */
  beforeMove(study: Study, move: StudyMove): Promise<void>;
}
