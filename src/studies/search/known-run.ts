import { nextNumber } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import type { AdvanceView } from './plan.ts';

/** Known results that a step observes by themselves: some milliseconds of work. */
export const knownAtOnce = 500;

/**
 * True if so many trials lie ahead of the next result that a step may observe known ones alone: no window lets the search suggest
 * anything before those behind them are observed too.
 */
export function isLongWay({ spec, progress }: Pick<AdvanceView, 'spec' | 'progress'>): boolean {
  return nextNumber(progress) - progress.observed > knownAtOnce + spec.parallelism;
}

/** True if these are as many trials as such a step observes, from a number on, all of them with known results. */
export function isKnownRun(trials: readonly TrialResult[], first: number): boolean {
  return (
    trials.length === knownAtOnce &&
    trials.every(({ number, given, state }, place) => number === first + place && given === 'known' && isFinal(state))
  );
}

/** The known results that a step observes by themselves, to leave the rest to the next one; none if it need not. */
export function knownRun(view: AdvanceView): readonly TrialResult[] {
  if (!isLongWay(view)) return [];
  const first = view.trials.slice(0, knownAtOnce);
  return isKnownRun(first, view.progress.observed) ? first : [];
}
