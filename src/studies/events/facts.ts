import { inSlices } from '../../shared/slices.ts';
import { type GivenTrial, originOf } from '../definition/given-trials.ts';
import type { StoredDefinition } from '../definition/stored.ts';
import { isFinal } from '../model/states.ts';
import type { StudyCheckpoint } from '../model/study.ts';
import type { PlannedTrial } from '../search/plan.ts';
import {
  type ChangedFacts,
  type CreationFacts,
  type EventBody,
  type ExtensionFacts,
  eventVersion,
  type GivenFacts,
  type QueuedFacts,
} from './event.ts';
import { resultFacts, type StoredResult } from './stored-result.ts';

const version = eventVersion;

/** Versions of the code that a study begins with. */
interface CodeVersions {
  readonly sampler: number;
  readonly objective: number;
}

/** The facts of a new study, whether it is created or imported. */
export function creationFacts(definition: StoredDefinition, { sampler, objective }: CodeVersions): CreationFacts {
  return {
    version,
    definition: definition.digest,
    definitionVersion: definition.version,
    samplerVersion: sampler,
    objectiveVersion: objective,
  };
}

/** Events of written checkpoints, in order. */
export function checkpointEvents(checkpoints: readonly StudyCheckpoint[]): EventBody[] {
  return checkpoints.map(({ sequence, generation, trials, digest }) => ({
    type: 'checkpoint-written',
    data: { version, sequence, generation, trials, digest },
  }));
}

/** The event of queued trials; none if there are none. */
export function queuedEvents(planned: readonly PlannedTrial[]): EventBody[] {
  return planned.length === 0 ? [] : [{ type: 'trials-queued', data: { version, trials: planned.map(queuedFacts) } }];
}

function queuedFacts({ number, generation, parameters, origin, seen }: PlannedTrial): QueuedFacts {
  return { number, generation, parameters, origin, ...(seen && { seen }) };
}

/** Given trials that one event names at most. */
const givenAtOnce = 500;

/** The events of trials that a client gave, of which the first has this number. */
export function givenEvents(first: number, given: readonly GivenTrial[]): EventBody[] {
  return [...inSlices(given, givenAtOnce)].map((some, slice) => ({
    type: 'trials-given',
    data: { version, first: first + slice * givenAtOnce, trials: some.map(givenFacts) },
  }));
}

function givenFacts(given: GivenTrial): GivenFacts {
  const { parameters, values, from } = given;
  return { parameters, ...(values && { values }), ...(from && { origin: originOf(given) }) };
}

/** Observed results that one event names at most. */
export const observedAtOnce = 500;

/** The events of observed results, in order; none if there are none. */
export function observedEvents(results: readonly StoredResult[]): EventBody[] {
  return [...inSlices(results, observedAtOnce)].map((some) => ({
    type: 'trials-observed',
    data: { version, trials: some.map(resultFacts) },
  }));
}

/** The event of a study that was paused or resumed. */
export function movedEvent(type: 'study-paused' | 'study-resumed'): EventBody {
  return { type, data: { version } };
}

/** The event of a raised budget. */
export function extendedEvent(facts: ExtensionFacts): EventBody {
  return { type: 'study-extended', data: { version, ...facts } };
}

/** The event of other values that were changed. */
export function changedEvent(from: ChangedFacts, to: ChangedFacts): EventBody {
  return { type: 'study-changed', data: { version, from, to } };
}

/** The end of a study. */
export type StudyEnd = Omit<Extract<EventBody, { type: 'study-ended' }>['data'], 'version' | 'trials'>;

/**
 * The event of a study's end.
 *
 * @param unobserved results that the search has not observed; those that count nevertheless enter the event
 */
export function endEvent({ state, outcome }: StudyEnd, unobserved: readonly StoredResult[]): EventBody {
  return { type: 'study-ended', data: { version, state, outcome, trials: counted(unobserved, outcome.lastTrial).map(resultFacts) } };
}

/** Results that count for a study that ended before they were observed: finished, not cancelled, and not beyond its last trial. */
function counted(results: readonly StoredResult[], lastTrial: number | null): StoredResult[] {
  return results.filter(({ number, state }) => isFinal(state) && state !== 'cancelled' && (lastTrial === null || number <= lastTrial));
}
