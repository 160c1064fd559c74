import type { Json } from '../../shared/digest.ts';
import type { Page } from '../../shared/page.ts';
import type { StudyEvent } from '../events/event.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { Study, StudyCheckpoint, StudySummary } from '../model/study.ts';
import type { Measurement, TrainingEnvironment, Trial, TrialEvaluation, TrialIncident } from '../model/trial.ts';
import type { Judgement } from '../pruning/judgement.ts';
import type { Pace } from '../search/remaining-time.ts';
import type { FrontProgress, ParetoFront, RankedTrial } from './fronts.ts';
import type { StudyFilter } from './list.ts';
import type { ReportReads } from './report-reads.ts';
import type { KeyedRequest } from './transactions.ts';
import type { VerificationReads } from './verification-reads.ts';
import type { WorkerNotes } from './workers.ts';

/** Number of a study's trials in each state. */
export type TrialCounts = Readonly<Record<Trial['state'], number>>;

/** Sums over all trials of a study so far. */
export interface StepSums {
  /** Steps that their results consist of. */
  readonly done: number;
  /** Steps that were evaluated for them; a repeated one counts again. */
  readonly trained: number;
  /** Steps that ended trials read from other evaluations. */
  readonly reused: number;
  /** Steps that stopped trials asked for and did not take; none of trials that workers of clients evaluate. */
  readonly saved: number;
}

/** A study with what is shown of its trials. */
export interface StudyOverview {
  readonly study: Study;
  readonly trials: TrialCounts;
  /** The first of its leaderboard that has a score; null if there is none, and for a study with several metrics. */
  readonly best: Trial | null;
  /** Number of trials on the front of a study with several metrics; null: it has one. */
  readonly frontSize: number | null;
  readonly steps: StepSums;
  /** Its recent speed. */
  readonly pace: Pace;
}

/**
 * Reads for people and programs. Each sees one consistent state, and those of one `snapshot` see the same state.
 *
 * @throws ZodError if a stored document does not match the schema of this version; DatabaseUnreachableError while the database
 *   is unreachable
 */
export interface StudyReader extends ReportReads, VerificationReads {
  /** Runs reads that all see one moment. They run one after another and hold a connection until they end; 10 minutes at most. */
  snapshot<T>(work: (reader: StudyReader) => Promise<T>): Promise<T>;
  study(id: string): Promise<Study | null>;
  /** The request that created something under a key within the last day, with the id of the study or campaign; null if there is none. */
  keptRequest(request: Pick<KeyedRequest, 'caller' | 'route' | 'key'>): Promise<(KeyedRequest & { readonly resource: string }) | null>;
  /** A page of studies. One that only a newer version can read is among them. */
  studies(filter: StudyFilter): Promise<Page<StudySummary>>;
  /**
   * Reads a study with the numbers and the best trial that its representation shows; null if there is none. The cost does not grow with
   * the number of observed trials.
   */
  overview(studyId: string): Promise<StudyOverview | null>;
  /** As those of `overview`. */
  trialCounts(studyId: string): Promise<TrialCounts>;
  /** Trials by number; `after` is the number of the last trial of the previous page. */
  trials(filter: {
    studyId: string;
    state?: Trial['state'] | undefined;
    generation?: number | undefined;
    limit: number;
    after?: number | undefined;
  }): Promise<Page<Trial>>;
  /**
   * Completed trials that count, best first: by value (see `byRank`), or by front and crowding distance if the study has several metrics;
   * ties to the lower number.
   */
  leaderboard(studyId: string, limit: number): Promise<RankedTrial[]>;
  /**
   * The Pareto front of a study with several metrics; null if there is no such study, or it has one.
   *
   * @param options `limit`: most trials of the front; `reference`: of the hypervolume, default the worst value of each metric among the
   *   results that count
   */
  paretoFront(
    studyId: string,
    options: { readonly limit: number; readonly reference?: readonly number[] | undefined },
  ): Promise<ParetoFront | null>;
  /** How that front grew, at `atMost` even places; null as `paretoFront`. */
  frontProgress(studyId: string, atMost: number): Promise<FrontProgress | null>;
  trial(id: string): Promise<Trial | null>;
  measurements(trialId: string): Promise<Measurement[]>;
  /** null if no worker of a client has asked for the trial. */
  workerNotes(trialId: string): Promise<WorkerNotes | null>;
  /** The metrics and the violations of the trials with these numbers, by which they rank beside their value; in no order. */
  rankedBeside(studyId: string, numbers: readonly number[]): Promise<Pick<Trial, 'number' | 'metricValues' | 'violation'>[]>;
  /** Study checkpoints by sequence; `after` is the sequence of the last one of the previous page. */
  checkpoints(filter: {
    studyId: string;
    generationsOnly?: boolean;
    limit: number;
    after?: number | undefined;
  }): Promise<Page<StudyCheckpoint>>;
  /** The event log of a study; `after` is the sequence of the last event of the previous page. */
  events(filter: { studyId: string; limit: number; after?: number | undefined }): Promise<Page<StudyEvent>>;
  /** Results of the trials from a number on (excluding `end`; null: all), in order, with everything that enters the event log. */
  storedResults(studyId: string, from: number, end: number | null): Promise<StoredResult[]>;
  incidents(trialId: string): Promise<TrialIncident[]>;
  /** The judgements of trials by their pruner, by the ids of those that have any; of each by step. */
  judgements(trialIds: readonly string[]): Promise<ReadonlyMap<string, readonly Judgement[]>>;
  /** The judgements that stopped these trials, by the ids of those that were stopped. */
  stops(trialIds: readonly string[]): Promise<ReadonlyMap<string, Judgement>>;
  /**
   * Environments in which the trainings of a study's trials first ran, each with the number of finished trials that use its
   * results; ordered by canonical text.
   */
  environments(studyId: string): Promise<{ readonly environment: TrainingEnvironment; readonly trials: number }[]>;
  /** A trial's measurement on the test split; null if it was not measured. */
  evaluation(trialId: string): Promise<Json | null>;
  /** The measurements on the test split of all measured trials of a study, or of those of its trials that are named. */
  evaluations(studyId: string, trialIds?: readonly string[]): Promise<TrialEvaluation[]>;
}
