import { z } from 'zod';
import type { Outcome, StudyCheckpoint } from '../model/study.ts';
import type { GivenKind, TrialResult } from '../model/trial.ts';
import {
  type ChainedEvent,
  type ChangedFacts,
  type EventBody,
  type ExtensionFacts,
  eventBodySchema,
  type GivenFacts,
  type QueuedFacts,
} from './event.ts';
import { resultFacts, type StoredResult } from './stored-result.ts';
import { eventV1Schema, namesSinceV1, type ResultV1, resultV1Of } from './version-1.ts';

/** Facts of a result by their current names. */
type NamedFacts = Readonly<Record<string, unknown>>;

/** The result of a trial, as an event of any version records it. */
export interface LoggedResult extends Pick<TrialResult, 'number' | 'state' | 'value' | 'diverged'> {
  /** null for an event of version 1, whose studies rank by the value alone. */
  readonly values: StoredResult['values'];
  readonly error: StoredResult['error'];
  /** All facts that the event records, in the values of its version. */
  readonly facts: NamedFacts;
  /** The same facts of a stored result. */
  readonly factsOf: (stored: StoredResult) => NamedFacts;
}

/** A queued trial, as an event records it. */
export type LoggedSuggestion = Pick<QueuedFacts, 'number' | 'generation' | 'parameters' | 'origin' | 'seen'> & {
  /** The kind of a given trial; absent if the sampler suggested it. */
  readonly given?: GivenKind;
};

/** The code that a study began with, and the digest of its stored definition. */
export interface LoggedCreation {
  readonly definition: string;
  readonly samplerVersion: number;
  readonly objectiveVersion: number;
}

/** An event of any version, in current words. */
export type LoggedEvent =
  | { readonly type: 'study-created' | 'study-imported'; readonly data: LoggedCreation }
  | { readonly type: 'trials-queued'; readonly data: { readonly trials: readonly LoggedSuggestion[] } }
  | { readonly type: 'trials-given'; readonly data: { readonly first: number; readonly trials: readonly GivenFacts[] } }
  | { readonly type: 'trials-observed'; readonly data: { readonly trials: readonly LoggedResult[] } }
  | { readonly type: 'checkpoint-written'; readonly data: Pick<StudyCheckpoint, 'sequence' | 'generation' | 'trials' | 'digest'> }
  | { readonly type: 'study-paused' | 'study-resumed' }
  | { readonly type: 'study-extended'; readonly data: ExtensionFacts }
  | { readonly type: 'study-changed'; readonly data: { readonly from: ChangedFacts; readonly to: ChangedFacts } }
  | {
      readonly type: 'study-ended';
      readonly data: {
        readonly state: 'completed' | 'failed' | 'cancelled';
        readonly outcome: Outcome;
        readonly trials: readonly LoggedResult[];
      };
    };

const versionedSchema = z.looseObject({ version: z.int().default(1) });

/**
 * Reads an event of any version.
 *
 * @throws ZodError if the event does not match the schema of its version
 */
export function readEvent({ type, data }: Pick<ChainedEvent, 'type' | 'data'>): LoggedEvent {
  return versionedSchema.parse(data).version === 1 ? readV1(type, data) : readCurrent(eventBodySchema.parse({ type, data }));
}

function readCurrent(event: EventBody): LoggedEvent {
  switch (event.type) {
    case 'trials-observed':
      return { type: event.type, data: { trials: event.data.trials.map(currentResult) } };
    case 'study-ended':
      return { type: event.type, data: { ...event.data, trials: event.data.trials.map(currentResult) } };
    case 'study-paused':
    case 'study-resumed':
      return { type: event.type };
    default:
      return event;
  }
}

function currentResult(facts: ReturnType<typeof resultFacts>): LoggedResult {
  const { number, state, value, values, diverged, error } = facts;
  return { number, state, value, values, diverged, error, facts, factsOf: resultFacts };
}

function readV1(type: ChainedEvent['type'], data: unknown): LoggedEvent {
  const event = eventV1Schema.parse({ type, data });
  switch (event.type) {
    case 'study-created':
    case 'study-imported': {
      const { spec: definition, samplerVersion, trainerVersion: objectiveVersion } = event.data;
      return { type: event.type, data: { definition, samplerVersion, objectiveVersion } };
    }
    case 'trials-folded':
      return { type: 'trials-observed', data: { trials: event.data.trials.map(resultOfV1) } };
    case 'study-ended': {
      const { state, outcome, trials } = event.data;
      return { type: event.type, data: { state, outcome, trials: trials.map(resultOfV1) } };
    }
    case 'study-paused':
    case 'study-resumed':
      return { type: event.type };
    default:
      return event;
  }
}

function resultOfV1(facts: ResultV1): LoggedResult {
  const { number, state, value, error } = facts;
  return {
    number,
    state,
    value,
    values: null,
    diverged: facts['diverged'] === true,
    error,
    facts: renamed(facts),
    factsOf: (stored) => renamed(resultV1Of(stored)),
  };
}

function renamed(facts: Readonly<Record<string, unknown>>): NamedFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [namesSinceV1[name] ?? name, value]));
}
