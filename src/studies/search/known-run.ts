import { nextNumber } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import type { AdvanceView } from './plan.ts';

/** Number of known results that a step observes without any other trial: some milliseconds of work. */
export const knownAtOnce = 500;

/**
 * True if so many trials are unobserved that a step may observe a run of known results and nothing else. The search can suggest nothing
 * before the trials behind that run are observed too.
 */
export function isLongWay({ spec, progress }: Pick<AdvanceView, 'spec' | 'progress'>): boolean {
  return nextNumber(progress) - progress.observed > knownAtOnce + spec.parallelism;
}

/** True if the trials are such a run: `knownAtOnce` known results with consecutive numbers. */
export function isKnownRun(trials: readonly TrialResult[], first: number): boolean {
  return (
    trials.length === knownAtOnce &&
    trials.every(({ number, given, state }, place) => number === first + place && given === 'known' && isFinal(state))
  );
}

/** Returns the run of known results that a step observes without any other trial; empty if the step can observe all that is there. */
export function knownRun(view: AdvanceView): readonly TrialResult[] {
  if (!isLongWay(view)) return [];
  const first = view.trials.slice(0, knownAtOnce);
  return isKnownRun(first, view.progress.observed) ? first : [];
}
