import type { Violation } from '../../shared/errors.ts';
import { isEnded, type StudyState } from '../model/states.ts';

/** A study or campaign in a document. */
interface Ended<Reason extends string> {
  readonly state: StudyState;
  readonly outcome: { readonly reason: Reason } | null;
}

/**
 * Checks that a state and the reason of an end fit each other. Pointers are into the document.
 *
 * @param endStates the states in which it can be after each end
 */
export function endViolations<Reason extends string>(
  what: 'study' | 'campaign',
  { state, outcome }: Ended<Reason>,
  endStates: Readonly<Record<Reason, readonly StudyState[]>>,
): Violation[] {
  const pointer = '/outcome';
  if (!isEnded(state)) return outcome === null ? [] : [{ pointer, detail: `must be null: a ${what} that is ${state} has not ended` }];
  if (outcome === null) return [{ pointer, detail: `is missing: a ${what} that is ${state} must have a reason for its end` }];
  if (endStates[outcome.reason].includes(state)) return [];
  return [{ pointer: `${pointer}/reason`, detail: `a ${what} that ended for the reason ${outcome.reason} cannot be ${state}` }];
}
