import type { TrialResult } from '../../studies/model/trial.ts';

// Trials of one study that have ended, in order. A slow trial keeps all that ended after it from being observed: they are read once,
// not for each request.

/** Ranges of numbers, each from `low` on, excluding `high`. */
export interface NumberRanges {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const unbounded = 2_147_483_647;

/** The numbers of the trials that are not known: those between known ones, and all from the last known one on. @param known in order */
export function unknownTrials(known: readonly TrialResult[]): NumberRanges {
  const low: number[] = [];
  const high: number[] = [];
  let next = 0;
  for (const { number } of known) {
    if (number > next) {
      low.push(next);
      high.push(number);
    }
    next = number + 1;
  }
  return { low: [...low, next], high: [...high, unbounded] };
}

/** All trials from a number on, in order: those that were known, and those that were read. */
export function trialsFrom(first: number, known: readonly TrialResult[], read: readonly TrialResult[]): TrialResult[] {
  return [...known.filter(({ number }) => number >= first), ...read].sort((one, other) => one.number - other.number);
}

/** The trials that need not be read again. A cancelled one is none of them: it goes on if its study does. */
export function finalTrials(trials: readonly TrialResult[]): TrialResult[] {
  return trials.filter(({ state }) => keptStates.has(state));
}

/** States of trials that never change again. */
export const keptStates: ReadonlySet<string> = new Set(['completed', 'pruned', 'failed']);
