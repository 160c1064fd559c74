import type {
  Campaign,
  CampaignMembership,
  CampaignOutcome,
  CampaignPart,
  CampaignState,
  Leader,
  TrialEvaluation,
} from '../../campaigns/campaign.ts';
import type { ResolvedCampaign } from '../../campaigns/spec.ts';
import type { EpochCheckpointFile, EpochMetrics } from '../../objectives/text-classifier/protocol.ts';
import type { TestEvaluation } from '../../objectives/text-classifier/test-evaluation.ts';
import type { Observation } from '../../samplers/contract.ts';
import type { CommitName } from '../../shared/fault-points.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { ChainedEvent, ResultFacts, StudyEvent } from '../events/event.ts';
import type { StudyState } from '../model/states.ts';
import type {
  EpochReport,
  Outcome,
  SamplerProgress,
  Study,
  StudyCheckpoint,
  TrainingEnvironment,
  Trial,
  TrialError,
  TrialIncident,
  TrialResult,
} from '../model/study.ts';
import type { QueuedTrial } from '../search/queued-trials.ts';
import type { VerificationReads } from '../verification/reads.ts';

/** Runs work in one database transaction: all of it is stored, or none. */
export interface Transactions {
  /**
   * Retries the whole of `work` when the database could not serialise it; `work` must have no other effects.
   *
   * @param limits how long it may take; default one minute: what it locks, others wait for
   */
  transaction<T>(work: (tx: StudyTransaction) => Promise<T>, limits?: { readonly timeoutSeconds: number }): Promise<T>;
}

/** A trial as a document has it. Nothing is trained for it; its result counts as `imported`. */
export interface FinishedTrial extends QueuedTrial {
  readonly state: 'completed' | 'pruned' | 'failed' | 'cancelled';
  readonly value: number | null;
  /** The value, oriented so that more is better. */
  readonly score: number | null;
  readonly metrics: EpochMetrics | null;
  readonly diverged: boolean;
  readonly error: TrialError | null;
  /** What its model is worth on the test split; null where it was not measured. */
  readonly evaluation: TestEvaluation | null;
}

/** Changes of one study, inside a transaction. */
export interface StudyTransaction {
  /** Says what this transaction is about to commit, for the fault points around its commit. */
  noteCommit(what: CommitName): void;
  insertStudy(study: {
    id: string;
    spec: ResolvedSpec;
    progress: SamplerProgress;
    trainerVersion: number;
    campaign: CampaignMembership | null;
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
  /** What the trials from a number on (up to, not with, `end`; null: all) came to, in order, as it enters the event log. */
  resultFacts(studyId: string, from: number, end: number | null): Promise<ResultFacts[]>;
  /** Appends chained events to the log of a locked or new study, and moves the end of its chain. */
  insertEvents(studyId: string, events: readonly ChainedEvent[]): Promise<void>;
  /** The folded trials 0 … `number` − 1 of a locked study, in order, as a sampler sees them. They never change, so they may come from memory. */
  observationsBefore(studyId: string, number: number): Promise<readonly Observation[]>;
  /** Stores a change of a locked study and raises its version; fields that are left out stay. */
  updateStudy(studyId: string, change: { state?: StudyState; outcome?: Outcome; progress?: SamplerProgress }): Promise<void>;
  /** Cancels every queued or running trial; whoever trains one learns it from the next heartbeat. */
  cancelOpenTrials(studyId: string): Promise<void>;
  /** Deletes a study with all that belongs to it. */
  deleteStudy(studyId: string): Promise<void>;
  /** Completed trials of a study that count, best first, as they are now. */
  leaders(studyId: string, limit: number): Promise<Leader[]>;
  insertCampaign(campaign: { id: string; spec: ResolvedCampaign }): Promise<void>;
  /** Locks the campaign's row until the transaction ends and reads it; null when there is none. Taken after a study's lock, never before. */
  lockCampaign(campaignId: string): Promise<Campaign | null>;
  /** Its parts, in the order in which they were created, as they are now; their rows are not locked. */
  campaignParts(campaignId: string): Promise<CampaignPart[]>;
  /** Stores a change of a locked campaign and raises its version. */
  updateCampaign(campaignId: string, change: { state: CampaignState; outcome?: CampaignOutcome }): Promise<void>;
  /** Deletes a campaign with all its studies. */
  deleteCampaign(campaignId: string): Promise<void>;
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
  /** Version of the trainer's code that its study began with. */
  readonly trainerVersion: number;
  readonly parameters: Trial['parameters'];
  /** Whole epochs recorded by earlier attempts; they count where the training is still the same (see `beginTraining`). */
  readonly epochsDone: number;
}

/** What the holder of a lease shall do: go on, stop after this epoch (paused), or stop now (the lease or the trial is gone). */
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

/** One epoch that was trained for a running trial. */
export interface EpochRecord {
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  readonly epochsDigest: string;
  /** null where none could be written. The path is relative to the artifact folder. */
  readonly checkpoint: EpochCheckpointFile | null;
  /** What happened on the way, for people. */
  readonly incidents?: readonly Omit<TrialIncident, 'epoch'>[];
}

/** What is known of a training before it begins or goes on, whoever trained it. */
export interface KnownTraining {
  /** Epochs whose metrics are known, without a gap from the first, at most as many as the trial asks for. */
  readonly epochs: number;
  /** The last of them diverged: it answers every request for as many epochs or more. */
  readonly diverged: boolean;
  /** Recorded checkpoints of those epochs, the latest first. Paths are relative to the artifact folder. */
  readonly checkpoints: readonly EpochCheckpointFile[];
}

/**
 * The trial table as a queue. Every method is one small transaction of its own and takes no study lock. Times are the
 * database's.
 */
export interface TrialQueue {
  /**
   * Takes the oldest queued trial of an active study; null when there is none. Of trials that share a training (all of
   * it but the epochs) one runs at a time, whichever study they are of: first the one that asks for most epochs, then
   * the oldest. Those of a paused study keep nobody waiting.
   *
   * @param token a new one for each claim (absent: one is made); asked again with the same (the answer was lost), it gives the trial that it holds already
   */
  claim(runnerId: string, leaseSeconds: number, token?: string): Promise<ClaimedTrial | null>;
  /** Renews leases; answers for each what its holder shall do. */
  heartbeat(leases: readonly Lease[], leaseSeconds: number): Promise<ReadonlyMap<string, Directive>>;
  /**
   * Notes which training a trial is, by the digest of its epochs, and reads what is known of it; null where the lease is
   * lost. Epochs that an earlier attempt recorded under another digest no longer count. `epochs`: as many as the trial asks for.
   * `environment`: where it runs, kept with the digest; the first word stands.
   */
  beginTraining(
    lease: Lease,
    training: { readonly epochsDigest: string; readonly epochs: number; readonly environment: TrainingEnvironment },
  ): Promise<KnownTraining | null>;
  /** Makes the known epochs up to and with one the trial's own: its training was continued after them (0: it began anew). Called between `beginTraining` and the next `recordEpoch`. */
  adoptEpochs(lease: Lease, epoch: number, incidents?: readonly TrialIncident[]): Promise<Directive>;
  /**
   * Stores the metrics and the checkpoint of a trained epoch together. `diverged` (default false): no epoch follows; for a trial
   * that is yet to be evaluated. Asked again for the same epoch (the answer was lost) it counts once. Where the lease ended, the
   * epoch is kept under its digest for whoever goes on.
   */
  recordEpoch(lease: Lease, record: EpochRecord, diverged?: boolean): Promise<Directive>;
  /** Stores the last epoch and completes the trial with it, together: no state lies between. */
  complete(lease: Lease, last: EpochRecord, diverged: boolean): Promise<Settlement>;
  /** Completes the trial from known epochs, nothing being trained; `epoch` is the last one it asks for, or one that diverged. Called after `beginTraining`. */
  completeKnown(lease: Lease, epoch: number): Promise<Settlement>;
  /** Completes a trial whose last epoch is recorded or adopted, with what its model is worth on the test split, together. */
  completeEvaluated(
    lease: Lease,
    measured: { readonly epoch: number; readonly epochsDigest: string; readonly evaluation: TestEvaluation },
  ): Promise<Settlement>;
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
export interface StudyReader extends ReportReads, VerificationReads {
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
  /** Sums over all trials of a study so far: epochs that results stand on, and epochs that were trained for them. */
  epochs(studyId: string): Promise<{ readonly charged: number; readonly trained: number }>;
  /** The event log of a study; `after` is the sequence of the last one of the page before. */
  events(filter: { studyId: string; limit: number; after?: number | undefined }): Promise<Page<StudyEvent>>;
  /** What the trials from a number on (up to, not with, `end`; null: all) came to, in order, as it enters the event log. */
  resultFacts(studyId: string, from: number, end: number | null): Promise<ResultFacts[]>;
  incidents(trialId: string): Promise<TrialIncident[]>;
  /** Where the trainings of a study's trials ran first, with how many of its finished trials stand on each; in order of canonical text. */
  environments(studyId: string): Promise<{ readonly environment: TrainingEnvironment; readonly trials: number }[]>;
  /** What a trial's model is worth on the test split; null where it was not measured. */
  evaluation(trialId: string): Promise<TestEvaluation | null>;
  /** The same for all trials of a study that were measured. */
  evaluations(studyId: string): Promise<TrialEvaluation[]>;
  campaign(id: string): Promise<Campaign | null>;
  /** Campaigns, newest first. */
  campaigns(filter: StudyFilter): Promise<Page<Campaign>>;
  /** The parts of a campaign in the order in which they were created. */
  campaignParts(campaignId: string): Promise<CampaignPart[]>;
}

/** What the trials of a study came to and cost so far. A trial is charged when it ended, was not cancelled, and counts. */
export interface TrialTotals {
  readonly charged: number;
  readonly completed: number;
  readonly failed: number;
  /** Completed trials that count, by where their results came from. */
  readonly sources: Readonly<Record<Trial['source'], number>>;
  /** Trials of any state that at least one epoch was trained for. */
  readonly trainings: number;
  /** Epochs that the results of the charged trials stand on. */
  readonly epochsCharged: number;
  /** Epochs trained, for trials of any state. */
  readonly epochsTrained: number;
  /** Epochs that charged trials read from other trainings. */
  readonly epochsReused: number;
  /** From a trial's first claim to its end, summed over those that ended; the wait of one that was put back is in it. */
  readonly heldSeconds: number;
  /** Trials that were claimed more than once. */
  readonly interrupted: number;
  readonly firstStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
}

/** A trial that was better than all before it; `charged`: its place among the charged trials, from 1. */
export interface Improvement {
  readonly charged: number;
  readonly trial: number;
  readonly value: number;
}

/** The values of a closed generation; null where no individual has one. */
export interface GenerationValues {
  /** From 0. */
  readonly generation: number;
  /** Trials of the study up to its end. */
  readonly trials: number;
  readonly mean: number | null;
  readonly best: number | null;
}

/** Reads of a study that are as large as its report, however large the study is. */
export interface ReportReads {
  trialTotals(studyId: string): Promise<TrialTotals>;
  /** The best value so far as steps, in order of number. */
  improvements(studyId: string): Promise<Improvement[]>;
  /** The best different configurations of completed trials that count, best first, each by its first trial. Looked for among the best 2,000 trials. */
  bestConfigurations(studyId: string, atMost: number): Promise<Leader[]>;
  /** Completed trials that count, in order of number; where there are more than `atMost`, that many at even distances. */
  trialPoints(studyId: string, atMost: number): Promise<Leader[]>;
  /** Closed generations in order; where there are more than `atMost`, that many at even distances. */
  generationValues(studyId: string, atMost: number): Promise<GenerationValues[]>;
}

/** Studies that an advance may be due for: what a sweep looks after when whoever settled a trial died. */
export interface StudySweep {
  /** Adds the time since the last tick to the active studies with a wall-clock budget; a gap longer than `longestSeconds` is down time and not counted. A study that is being changed is left for the next tick. */
  tickWallClock(longestSeconds: number): Promise<void>;
  /** Active studies that an advance would move: a finished trial can be folded, a trial can be queued, nothing is open, or their time is used up. */
  studiesDue(): Promise<string[]>;
  /** Campaigns that a step would move: active ones with no open study, and those whose studies did not yet follow a pause, a resume or a cancel. */
  campaignsDue(): Promise<string[]>;
}
