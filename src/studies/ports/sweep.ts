import type { Capability } from '../../objectives/contract.ts';

/**
 * Finds studies that an advance may be due for: a sweep advances them if the process that settled a trial died.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; the next sweep finds the same studies
 */
export interface StudySweep {
  /** Adds the time since the last tick to all active studies; a gap longer than `longestSeconds` is down time and not counted. A study that is being changed is left for the next tick. */
  tickWallClock(longestSeconds: number): Promise<void>;
  /** Forgets requests with a key that are older than a day. */
  forgetRequests(): Promise<void>;
  /** Measures what projects store, where a quota limits it and the last figure is some minutes old. */
  measureProjects(): Promise<void>;
  /** Deletes a part of what a project has that is being erased. Returns true if there may be more. */
  eraseSome(): Promise<boolean>;
  /**
   * Active studies that an advance would change: a finished trial can be observed, a trial can be queued, nothing is open, or their
   * time is used up.
   */
  studiesDue(): Promise<string[]>;
  /** Objectives of active studies that no runner seen within the last `withinSeconds` can evaluate, with the number of those studies. */
  unevaluable(withinSeconds: number): Promise<{ readonly objective: Capability; readonly studies: number }[]>;
}
