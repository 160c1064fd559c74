import type { Capability } from '../../objectives/contract.ts';

/** Studies that an advance may be due for: what a sweep looks after when whoever settled a trial died. */
export interface StudySweep {
  /** Adds the time since the last tick to the active studies with a wall-clock budget; a gap longer than `longestSeconds` is down time and not counted. A study that is being changed is left for the next tick. */
  tickWallClock(longestSeconds: number): Promise<void>;
  /** Active studies that an advance would move: a finished trial can be observed, a trial can be queued, nothing is open, or their time is used up. */
  studiesDue(): Promise<string[]>;
  /** Objectives of active studies that no runner seen within the last seconds can evaluate, with the number of those studies. */
  unevaluable(withinSeconds: number): Promise<{ readonly objective: Capability; readonly studies: number }[]>;
}
