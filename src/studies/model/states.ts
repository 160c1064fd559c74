import { z } from 'zod';

/** States of a study. An ended study never changes its state again. */
export const studyStateSchema = z.enum(['active', 'paused', 'completed', 'failed', 'cancelled']).meta({ id: 'StudyState' });
export type StudyState = z.output<typeof studyStateSchema>;

/** The life of a trial. */
export const trialStateSchema = z.enum(['queued', 'running', 'completed', 'pruned', 'failed', 'cancelled']).meta({ id: 'TrialState' });
export type TrialState = z.output<typeof trialStateSchema>;

/** Every legal transition of a study; the database's guards and the API's problems follow this table. */
export const studyTransitions: Readonly<Record<StudyState, readonly StudyState[]>> = {
  active: ['paused', 'completed', 'failed', 'cancelled'],
  paused: ['active', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Every legal transition of a trial. `running → queued`: its lease expired or was released. `queued → completed`: with a reused result. */
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
