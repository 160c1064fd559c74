import type { Values } from '../../objectives/contract.ts';
import type { History } from '../../samplers/observation.ts';
import type { Json } from '../../shared/digest.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { EarlierValues } from '../../space/earlier-values.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { ChainedEvent } from '../events/event.ts';
import type { StoredResult } from '../events/stored-result.ts';
import type { StudyState, TrialState } from '../model/states.ts';
import type { ChainHead, SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import type { TrialResult } from '../model/trial.ts';
import type { QueuedTrial } from '../search/queued-trials.ts';
import type { Lease } from './queue.ts';

/** A worker's request for one trial. */
export interface LeaseRequest {
  /** A new token, under which the worker holds the trial that it gets. */
  readonly token: string;
  /** Name of the worker, for people. */
  readonly worker: string;
  readonly leaseSeconds: number;
  /** True if the same request may be sent again after a lost answer: the token may then hold a trial already. */
  readonly isRepeatable: boolean;
}

/** A trial that a worker of a client holds. */
export interface HandedTrial extends Lease {
  readonly studyId: string;
  readonly number: number;
  readonly generation: number | null;
  readonly parameters: Configuration;
  /** From 1. */
  readonly attempt: number;
  readonly leaseSeconds: number;
  readonly leaseUntil: Date;
  /** The last checkpoint that an earlier attempt reported, or else that of the trial that it continues, or of one before that; null: none. */
  readonly resume: ResumePoint | null;
  /** The trial of the same study that it continues with more steps; null if it begins anew. */
  readonly continues: { readonly trialId: string; readonly number: number } | null;
  /** Values of its first steps, if they differ from its parameters; empty: they do not. */
  readonly earlierValues: EarlierValues;
}

/** A checkpoint at which an evaluation may continue. */
export interface ResumePoint {
  /** The trial that reported it: the same one, in an earlier attempt, or one with fewer steps. */
  readonly trialId: string;
  readonly number: number;
  readonly step: number;
  readonly values: Values;
  readonly checkpoint: string;
}

/** A study as a request for trials finds it, read at one moment. */
export interface AskedStudy {
  readonly id: string;
  readonly spec: ResolvedSpec;
  readonly state: StudyState;
  /** Raised by every change of the study but the ticks of its clock. */
  readonly version: number;
  readonly objectiveVersion: number;
  readonly sampler: SamplerProgress;
  readonly events: ChainHead | null;
  /** Study checkpoints written so far. */
  readonly checkpoints: number;
  /** Active time as of its last tick. */
  readonly elapsedSeconds: number;
  /** The quota that its project has used up: `trials`: no trial is created; `bytes`: none is given out either. null: none. */
  readonly spent: 'trials' | 'bytes' | null;
  /** True if a trial waits to be given out: queued, or under an expired lease. */
  readonly hasWaiting: boolean;
  /** Every trial from number `sampler.observed` on, in order; if `isFull`, only up to the first open one. */
  readonly trials: readonly TrialResult[];
  /** True if at least as many trials are open as the parallelism allows. */
  readonly isFull: boolean;
  /** Results of the first of them as they enter the event log: some of those before the first open trial, perhaps none. */
  readonly results: readonly StoredResult[];
  /** Trials, of any study, that the tokens hold with which it was asked for; leases that had ended are renewed. */
  readonly held: readonly HandedTrial[];
}

/** One step of a search that a request for trials made. */
export interface AskedStep {
  readonly progress: SamplerProgress;
  readonly checkpoints: readonly StudyCheckpoint[];
  /** New trials. The first ones go to the requests, in order; the others are queued. */
  readonly trials: readonly QueuedTrial[];
  readonly requests: readonly LeaseRequest[];
  readonly events: readonly ChainedEvent[];
}

/**
 * Gives out trials. No transaction spans two calls: a step is stored only if the study has not changed since it was read. So nothing is
 * locked while a suggestion is made, and if two processes move a study at once, one of them reads it again.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface AskStore {
  /** Reads a study; null if there is none. @param tokens of requests that may be sent again */
  study(studyId: string, tokens: readonly string[]): Promise<AskedStudy | null>;
  /** Results of finished trials as they enter the event log, from a number on, excluding `end`. */
  results(studyId: string, from: number, end: number): Promise<StoredResult[]>;
  /** See `StudyTransaction.observationsBefore`. */
  observationsBefore(studyId: string, number: number): Promise<History>;
  /** See `StudyTransaction.givenConfigurations`. */
  givenConfigurations(studyId: string, count: number): Promise<readonly Configuration[]>;
  /** Gives out trials that wait, at most one for each request: enqueued ones first, and of each kind those whose lease expired, by ascending number. @returns null, and gives out none, if the token of a request holds a trial */
  handOutWaiting(study: AskedStudy, requests: readonly LeaseRequest[]): Promise<HandedTrial[] | null>;
  /** Stores a step, all or nothing. @returns the trials that it gave out, in the order of the requests; null if the study changed, or if the token of a request holds a trial */
  store(study: AskedStudy, step: AskedStep): Promise<HandedTrial[] | null>;
  /** The active studies of a project whose trials workers of clients evaluate: highest priority first, then the oldest; at most 100. */
  activeStudies(project: string): Promise<string[]>;
  /** The names of the objectives of studies, by their ids; those that do not exist are missing. */
  objectives(studyIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Measurements at a step, as a worker reports them. */
export interface Report {
  readonly step: number;
  readonly values: Values;
  readonly checkpoint: string | null;
}

/** The result of a trial, as a worker delivers it. */
export interface WorkerResult {
  /** null: the values of the last report, as `WorkerTrials.complete` says. */
  readonly values: Values | null;
  readonly checkpoint: string | null;
  readonly attributes: Readonly<Record<string, Json>> | null;
  readonly links: readonly { readonly name: string; readonly url: string }[] | null;
}

/** The words of a client about a result, for people. */
export type ResultNotes = Pick<WorkerResult, 'checkpoint' | 'attributes' | 'links'>;

/** The words of a trial's worker about itself and its result, for people. */
export interface WorkerNotes extends ResultNotes {
  /** Name of the worker that asked for the trial last; null for a known result. */
  readonly name: string | null;
}

/** A trial that its worker settled or returned. */
export interface SettledTrial {
  readonly trialId: string;
  readonly studyId: string;
  readonly number: number;
  readonly state: TrialState;
  readonly value: number | null;
}

/**
 * State of a trial as the answer to a token that does not hold it. `unknown-trial`: there is none. `unknown-token`: the trial was
 * never given out under it. `lost`: it was once; `state` is what became of the trial.
 */
export type Standing =
  | { readonly kind: 'unknown-trial' }
  | { readonly kind: 'unknown-token'; readonly state: TrialState }
  | { readonly kind: 'lost'; readonly state: TrialState };

/** The lease is renewed. */
export interface Held {
  readonly kind: 'held';
  readonly leaseUntil: Date;
}

/** The pruner of the study stopped the trial after one of the reported steps. */
export interface StoppedEarly extends SettledTrial {
  readonly kind: 'pruned';
}

/**
 * Requests of workers of clients about the trials that they hold. Each is one small transaction that takes no study lock, and may be
 * repeated.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; the write may have been stored
 */
export interface WorkerTrials {
  /** Renews a lease by its own time, but not beyond the stall limit of the study after the last report. */
  heartbeat(lease: Lease): Promise<Held | Standing>;
  /**
   * Stores measurements, all or none, and renews the lease. A step that this attempt reported before with the same values counts
   * once; `contradiction`: with other values. A pruner judges the trial after each step.
   */
  report(
    lease: Lease,
    reports: readonly Report[],
  ): Promise<Held | Standing | StoppedEarly | { readonly kind: 'contradiction'; readonly step: number }>;
  /**
   * Completes a trial with a result, under any token that it was given out under, while it is open. The same result again, by the
   * same token, is `settled` too. Without values, the last report of the attempt is the result. An attempt that reported nothing, because an earlier
   * one had made a checkpoint after the last step, delivers the values of that checkpoint, which is then its report too. In a search that says
   * how many steps a trial takes, a checkpoint after fewer does not count. `no-value`: neither has a metric of the study, or a value that it limits.
   */
  complete(
    lease: Lease,
    result: WorkerResult,
  ): Promise<({ readonly kind: 'settled' } & SettledTrial) | Standing | { readonly kind: 'no-value'; readonly metric: string }>;
  /** Charges a failed attempt: the trial is queued again, or fails if its attempts are used up or `retry` is false. */
  fail(
    lease: Lease,
    failure: { readonly error: string; readonly retry: boolean },
  ): Promise<({ readonly kind: 'settled' } & SettledTrial) | Standing>;
  /** Returns a trial without charging an attempt. */
  release(lease: Lease): Promise<({ readonly kind: 'settled' } & SettledTrial) | Standing>;
}
