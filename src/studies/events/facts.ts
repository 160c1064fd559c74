import { trainerVersion } from '../../objectives/text-classifier/objective.ts';
import { digestOf } from '../../shared/digest.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { isFinal } from '../model/states.ts';
import type { StudyCheckpoint } from '../model/study.ts';
import type { PlannedTrial } from '../search/plan.ts';
import type { CreationFacts, EventBody, QueuedFacts, ResultFacts } from './event.ts';

/** What a new study says of itself. */
export function creationFacts(spec: ResolvedSpec, samplerVersion: number): CreationFacts {
  return { spec: digestOf(spec), samplerVersion, trainerVersion };
}

/** The events of checkpoints that were written, in order. */
export function checkpointEvents(checkpoints: readonly StudyCheckpoint[]): EventBody[] {
  return checkpoints.map(({ sequence, generation, trials, digest }) => ({
    type: 'checkpoint-written',
    data: { sequence, generation, trials, digest },
  }));
}

/** The event of trials that were queued; none where there are none. */
export function queuedEvents(planned: readonly PlannedTrial[]): EventBody[] {
  return planned.length === 0 ? [] : [{ type: 'trials-queued', data: { trials: planned.map(queuedFacts) } }];
}

function queuedFacts({ number, generation, parameters, origin, seen }: PlannedTrial): QueuedFacts {
  return { number, generation, parameters, origin, ...(seen && { seen }) };
}

/** The event of results that were folded; none where there are none. */
export function foldedEvents(results: readonly ResultFacts[]): EventBody[] {
  return results.length === 0 ? [] : [{ type: 'trials-folded', data: { trials: results } }];
}

/** Results that count for a study that ended before they were folded: finished, not cancelled, and not beyond its last trial. */
export function countedResults(results: readonly ResultFacts[], lastTrial: number | null): ResultFacts[] {
  return results.filter(({ number, state }) => isFinal(state) && state !== 'cancelled' && (lastTrial === null || number <= lastTrial));
}
