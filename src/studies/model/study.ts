import { z } from 'zod';
import type { Member } from '../../samplers/contract.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { DefinitionChanges } from '../definition/changes.ts';
import type { Metric, ResolvedSpec } from '../definition/definition.ts';
import type { StoredDefinition } from '../definition/stored.ts';
import type { ActiveTime } from './active-time.ts';
import type { ForkOrigin } from './fork-origin.ts';
import type { StudyState } from './states.ts';
import { trialNumberSchema } from './trial.ts';

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

const reasonMeanings: Readonly<Record<(typeof outcomeReasons)[number], string>> = {
  budget: 'the trials or generations of the budget are done.',
  exhausted: 'the sampler has nothing left to suggest, such as a grid whose points are all tried.',
  target: 'a trial reached the target value.',
  'wall-clock': 'the time of the budget is over.',
  'all-trials-failed': 'no trial of the budget has a result.',
  'trainer-unavailable': 'no runner could ever evaluate its trials, for the reason in `detail`.',
  cancelled: 'it was cancelled by a request.',
  version: 'this release no longer has the version of the sampler or objective that it began with.',
};

export const outcomeSchema = z
  .strictObject({
    reason: describedEnum(outcomeReasons, reasonMeanings),
    detail: z.string().max(100_000).describe('The reason in words.'),
    lastTrial: trialNumberSchema.nullable().describe('The last trial that counts; the end made later ones unnecessary. null if all count.'),
  })
  .meta({ id: 'Outcome', description: 'The reason for which a study ended.' });

/** Reasons for the end of a study. */
export type Outcome = Readonly<z.output<typeof outcomeSchema>>;

/** True if the definition and the results alone determine that a study ended, and at which trial. */
export function endsByResults(outcome: Outcome | null): boolean {
  return outcome !== null && resultsEnd[outcome.reason];
}

const resultsEnd: Readonly<Record<Outcome['reason'], boolean>> = {
  budget: true,
  exhausted: true,
  target: true,
  'all-trials-failed': true,
  'wall-clock': false,
  'trainer-unavailable': false,
  cancelled: false,
  version: false,
};

/** True if a study that ended for this reason goes on under a larger budget. */
export function endsByBudget({ reason }: Outcome): boolean {
  return reason === 'budget' || reason === 'wall-clock' || reason === 'target';
}

/** A study as it is stored. Times are the database's. */
export interface Study {
  readonly id: string;
  /** The definition as it was stored when the study was made. */
  readonly definition: StoredDefinition;
  /** Values of the definition that were changed since; null if none was. */
  readonly changes: DefinitionChanges | null;
  /** The definition in the current form, with its changes. */
  readonly spec: ResolvedSpec;
  /** Trials of a higher priority are evaluated first. */
  readonly priority: number;
  /** The campaign that it is a part of; null for a study alone. */
  readonly campaign: StudyMembership | null;
  readonly state: StudyState;
  readonly outcome: Outcome | null;
  /** Raised by every change of the study's row. */
  readonly version: number;
  readonly sampler: SamplerProgress;
  /** Version of the trainer's code that the study began with. */
  readonly objectiveVersion: number;
  /** Head of its event log; null for a study of a version that kept none. */
  readonly events: ChainHead | null;
  /** null for a study that is no fork, and for a fork of a version that did not store it. */
  readonly forkedFrom: ForkOrigin | null;
  readonly activeTime: ActiveTime;
  /** The key of the request that created it, or its campaign; null where none was needed. No part of events, exports and digests. */
  readonly createdBy: string | null;
  /** The `traceparent` of the request that created it; null if nobody traced it. No part of events, exports and digests. */
  readonly trace: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
}

/** A study in a list. It is read without its definition's schema: a list shows studies of newer versions too. */
export interface StudySummary
  extends Pick<Study, 'id' | 'campaign' | 'state' | 'activeTime' | 'createdAt' | 'updatedAt' | 'endedAt'>,
    Pick<SamplerProgress, 'observed' | 'suggested'> {
  readonly name: string;
  /** The reason may be one of a newer version. */
  readonly outcome: (Omit<Outcome, 'reason'> & { readonly reason: string }) | null;
  readonly labels: Readonly<Record<string, string>>;
  /** null if this version cannot find it in the definition. */
  readonly samplerType: string | null;
  readonly metrics: readonly Metric[];
  /** Trials that ended and count. */
  readonly finished: number;
  /** Largest number of its trials; null if there is none, or if only a newer version can tell. */
  readonly planned: number | null;
  readonly best: ListedBest | null;
}

/** The best completed trial of a study or campaign in a list. */
export interface ListedBest {
  readonly trialId: string;
  readonly number: number;
  readonly value: number;
  readonly parameters: Configuration;
}

/** Progress of the search. */
export interface SamplerProgress {
  /** Version of the sampler's code that the study began with. */
  readonly version: number;
  /** The sampler's state after the trials observed so far. */
  readonly state: unknown;
  /** Trials observed: 0 … observed − 1. */
  readonly observed: number;
  /** Suggestions made: the indices 0 … suggested − 1 are used up. `nextNumber` has the number of trials. */
  readonly suggested: number;
  /** Indices among them that no trial has: a given trial had the configuration (see `Sampler.skipsGiven`). */
  readonly skipped: number;
  /** Trials that a client gave with their results. */
  readonly known: number;
  /** Trials that a client gave to be evaluated. */
  readonly enqueued: number;
  /** Observed trials that have a value or, if trials are measured on the test split, a measurement. Known ones are not among them. */
  readonly withValue: number;
}

/** A sampler's state after a generation (or after every 20th trial of a sequential search). */
export interface StudyCheckpoint {
  /** From 0; 0 is the state before the first trial. */
  readonly sequence: number;
  /** The generation it closed; null if there are no generations. */
  readonly generation: number | null;
  /** Trials observed by the state. */
  readonly trials: number;
  readonly state: unknown;
  /** SHA-256 over the canonical text of the state. */
  readonly digest: string;
  readonly population: readonly Member[];
}

/** The campaign that a study is a part of. */
export interface StudyMembership {
  readonly campaignId: string;
  /** Purpose of the part, in the campaign's own words. */
  readonly kind: string;
  /** Unique in the campaign. */
  readonly name: string;
}

/** Head of an event chain. */
export interface ChainHead {
  /** Events so far. */
  readonly count: number;
  /** Hash of the last. */
  readonly hash: string;
}

/** The error of a study that does not exist. */
export function studyNotFound(studyId: string): DomainError {
  return new DomainError('study-not-found', `there is no study ${studyId}`);
}

/** The place from which a search that ended goes on. */
export interface Restart {
  readonly progress: SamplerProgress;
  /** Number of study checkpoints that stay. */
  readonly checkpoints: number;
}
