import type { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';

/** States of a study. One that ended changes its state again only if its budget is raised. */
export const studyStateSchema = describedEnum(
  ['active', 'paused', 'completed', 'failed', 'cancelled'],
  {
    active: 'it queues trials, and runners or workers evaluate them.',
    paused: 'no trial is started until it is resumed.',
    completed: 'it ended with results; its outcome says why.',
    failed: 'it ended without a result, or because it could not continue.',
    cancelled: 'it was ended by a request; its results stay.',
  },
  'The state of a study or campaign. The last three are ends: only a study that ended by its budget goes on, if that is raised.',
).meta({ id: 'StudyState' });
export type StudyState = z.output<typeof studyStateSchema>;

/** The life of a trial. */
export const trialStateSchema = describedEnum(
  ['queued', 'running', 'completed', 'pruned', 'failed', 'cancelled'],
  {
    queued: 'it waits for a runner or worker.',
    running: 'a runner or worker evaluates it.',
    completed: 'it has a result.',
    pruned: 'it was stopped early, because it was not promising.',
    failed: 'no attempt gave a result; its error says why.',
    cancelled: 'its study ended first; it is not charged. If the study is extended, it is queued again.',
  },
  'The state of a trial. The last four are ends; only `cancelled` can change again.',
).meta({ id: 'TrialState' });
export type TrialState = z.output<typeof trialStateSchema>;

/**
 * Every legal transition of a study; the database's guards and the API's problems follow this table. An extension alone leads from
 * `completed` (or, without any trial in its time, `failed`) to `active`.
 */
export const studyTransitions: Readonly<Record<StudyState, readonly StudyState[]>> = {
  active: ['paused', 'completed', 'failed', 'cancelled'],
  paused: ['active', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/**
 * Every legal transition of a trial. `running → queued`: its lease expired or was released. `queued → completed`: with a reused result.
 * An extension of its study alone leads from `cancelled` to `queued`.
 */
export const trialTransitions: Readonly<Record<TrialState, readonly TrialState[]>> = {
  queued: ['running', 'completed', 'cancelled'],
  running: ['queued', 'completed', 'pruned', 'failed', 'cancelled'],
  completed: [],
  pruned: [],
  failed: [],
  cancelled: [],
};

/** True if a trial in this state never changes again. */
export function isFinal(state: TrialState): boolean {
  return trialTransitions[state].length === 0;
}

/** True if the study ended. */
export function isEnded(state: StudyState): boolean {
  return studyTransitions[state].length === 0;
}

/** State transitions of a study that a client can request. */
export type StudyMove = 'pause' | 'resume' | 'cancel';

const targets: Readonly<Record<StudyMove, StudyState>> = { pause: 'paused', resume: 'active', cancel: 'cancelled' };

/** The state after a transition. */
export function targetOf(move: StudyMove): StudyState {
  return targets[move];
}
