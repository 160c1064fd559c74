import type { CampaignMembership } from '../../campaigns/campaign.ts';
import type { EpochMetrics } from '../../objectives/text-classifier/protocol.ts';
import type { Origin } from '../../samplers/contract.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { ChainHead, SeenTrials } from '../events/event.ts';
import type { StudyState, TrialState } from './states.ts';

/** Every reason why a study can end. */
export const outcomeReasons = [
  'budget',
  'exhausted',
  'target',
  'wall-clock',
  'all-trials-failed',
  'trainer-unavailable',
  'cancelled',
  'version',
] as const;

/** Every way in which a trial can fail. */
export const trialErrorCodes = [
  'training-error',
  'trainer-crashed',
  'out-of-memory',
  'stalled',
  'timeout',
  'runner-lost',
  'trainer-unavailable',
  'dataset-unavailable',
] as const;

/** Where the result of a trial can come from. */
export const trialSources = ['trained', 'memo', 'prefix', 'imported'] as const;

/** Why a study ended. */
export interface Outcome {
  readonly reason: (typeof outcomeReasons)[number];
  /** For people. */
  readonly detail: string;
  /** The last trial that counts: later ones were made needless by this verdict. null: all count. */
  readonly lastTrial: number | null;
}

/** A study as it is stored. Times are the database's. */
export interface Study {
  readonly id: string;
  readonly spec: ResolvedSpec;
  /** The campaign that it is a part of; null for a study alone. */
  readonly campaign: CampaignMembership | null;
  readonly state: StudyState;
  readonly outcome: Outcome | null;
  /** Raised by every change of the study's row. */
  readonly version: number;
  readonly sampler: SamplerProgress;
  /** Version of the trainer's code that the study began with. */
  readonly trainerVersion: number;
  /** Where its event log ends; null for a study of a version that kept none. */
  readonly events: ChainHead | null;
  readonly elapsedSeconds: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
}

/** How far the search has come. */
export interface SamplerProgress {
  /** Version of the sampler's code that the study began with. */
  readonly version: number;
  /** The sampler's state after the trials folded so far. */
  readonly state: unknown;
  /** Trials folded: 0 … folded − 1. */
  readonly folded: number;
  /** Trials proposed: 0 … proposed − 1 exist. */
  readonly proposed: number;
  /** Folded trials that brought a value or, where trials are measured on the test split, a measurement. */
  readonly valued: number;
}

/** Why a trial failed. */
export interface TrialError {
  readonly code: (typeof trialErrorCodes)[number];
  readonly message: string;
}

/** What a study may try again; see `retries.on` of its definition. */
export const retriedKinds = ['crash', 'error', 'timeout'] as const;

/** What follows from a failed attempt. */
export interface ErrorPolicy {
  /** When the trial gets the attempts that its study allows: `always`, `never`, or where the study's retries name this kind. Else it fails at once. */
  readonly retried: (typeof retriedKinds)[number] | 'always' | 'never';
  /** Whether a trial that failed so ends its study, since no other trial could do better. */
  readonly endsStudy: boolean;
}

/** The one table of what follows from which failure. */
export const errorPolicies: Readonly<Record<TrialError['code'], ErrorPolicy>> = {
  'training-error': { retried: 'error', endsStudy: false },
  'trainer-crashed': { retried: 'crash', endsStudy: false },
  'out-of-memory': { retried: 'crash', endsStudy: false },
  stalled: { retried: 'timeout', endsStudy: false },
  timeout: { retried: 'timeout', endsStudy: false },
  'runner-lost': { retried: 'never', endsStudy: false },
  'trainer-unavailable': { retried: 'never', endsStudy: true },
  'dataset-unavailable': { retried: 'always', endsStudy: true },
};

/** A trial as it is stored. */
export interface Trial {
  readonly id: string;
  readonly studyId: string;
  /** From 0, in the order of suggestion. */
  readonly number: number;
  readonly generation: number | null;
  readonly state: TrialState;
  readonly parameters: Configuration;
  readonly origin: Origin;
  /** The metric of the study; null until it is known, where it is not finite, and for failed trials. */
  readonly value: number | null;
  /** Metrics after the last epoch. */
  readonly metrics: EpochMetrics | null;
  readonly diverged: boolean;
  /** Whole epochs that its result stands on so far: what is charged, whether they were trained for it or read. */
  readonly epochsDone: number;
  /** Those of them that were trained for this trial; epochs trained again after a death count once more. */
  readonly epochsTrained: number;
  /** How often a runner took it. */
  readonly attempts: number;
  /** Attempts that failed by themselves. */
  readonly failures: number;
  readonly source: (typeof trialSources)[number];
  /** What its suggestion saw, where the schedule did not fix it; else null. */
  readonly seen: SeenTrials | null;
  readonly error: TrialError | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What the search looks at of a trial. */
export type TrialResult = Pick<Trial, 'number' | 'state' | 'parameters' | 'origin' | 'value' | 'error'>;

/** What can happen to a trial beside its results. */
export const incidentKinds = ['checkpoint-skipped', 'checkpoint-broken', 'late-result'] as const;

/** Something that happened to a trial, once for each kind and epoch. */
export interface TrialIncident {
  readonly kind: (typeof incidentKinds)[number];
  readonly epoch: number;
  /** For people. */
  readonly detail: string;
}

/** Where a training ran: all that can shape its bits beside its seeds. */
export interface TrainingEnvironment {
  /** Version of Clavier. */
  readonly clavier: string;
  readonly trainerVersion: number;
  readonly node: string;
  readonly tensorflow: string;
  readonly processor: string;
  readonly dataset: string;
}

/** A value measured after an epoch of a trial. */
export interface EpochReport {
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  readonly recordedAt: Date;
}

/** A sampler's state after a generation (or after every 20th trial of a sequential search). */
export interface StudyCheckpoint {
  /** From 0; 0 is the state before the first trial. */
  readonly sequence: number;
  /** The generation it closed; null where there are no generations. */
  readonly generation: number | null;
  /** Trials folded into it. */
  readonly trials: number;
  readonly state: unknown;
  /** SHA-256 over the canonical text of the state. */
  readonly digest: string;
  readonly population: readonly { readonly trial: number; readonly elite: boolean; readonly value: number | null }[];
}
