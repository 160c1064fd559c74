import { mean } from '../support/means.ts';
import type { Run, Trial } from './results.ts';
import { type SamplerName, samplerNames } from './searches.ts';

/** The searches of a sampler. */
export interface SamplerRuns {
  readonly sampler: SamplerName;
  /** Its place among all samplers. */
  readonly index: number;
  readonly runs: readonly Run[];
}

/** The searches of each sampler that has any. */
export function bySampler(runs: readonly Run[]): SamplerRuns[] {
  return samplerNames
    .map((sampler, index) => ({ sampler, index, runs: runs.filter((run) => run.sampler === sampler) }))
    .filter((own) => own.runs.length > 0);
}

/** A measure of the effort of a search. */
export interface Effort {
  readonly name: string;
  /** What each trial of a search takes. */
  readonly of: (trials: readonly Trial[]) => number[];
}

export const efforts = {
  trials: { name: 'trials', of: (trials) => trials.map(() => 1) },
  epochs: { name: 'trained epochs', of: trainedEpochs },
} as const satisfies Record<string, Effort>;

/**
 * The epochs that a search alone trains for each of its trials: those that an earlier trial with the same other parameters has not trained. What the
 * service trained may be less, as searches of one seed share their results.
 */
function trainedEpochs(trials: readonly Trial[]): number[] {
  const known = new Map<string, number>();
  return trials.map(({ learningRate, hiddenUnits, maxLength, epochs }) => {
    const key = [learningRate, hiddenUnits, maxLength].join(' ');
    const before = known.get(key) ?? 0;
    known.set(key, Math.max(before, epochs));
    return Math.max(0, epochs - before);
  });
}

/** The best accuracy of a search after so much effort; null before its first result. */
export function bestAfter({ trials }: Run, effort: Effort, limit: number): number | null {
  const taken = effort.of(trials);
  let [used, best]: [number, number | null] = [0, null];
  for (const [index, { accuracy }] of trials.entries()) {
    used += taken[index] ?? 0;
    if (used > limit) return best;
    if (accuracy !== null) best = Math.max(best ?? 0, accuracy);
  }
  return best;
}

/** The effort of a whole search. */
export const totalOf = ({ trials }: Run, effort: Effort): number => effort.of(trials).reduce((sum, one) => sum + one, 0);

/** A point of the mean curve of several searches. */
export interface Point {
  readonly effort: number;
  readonly accuracy: number;
}

/** The mean best accuracy of the searches of a sampler, from the effort at which each has a result to that at which the first one ends. */
export function meanCurve(runs: readonly Run[], effort: Effort): Point[] {
  const last = Math.min(...runs.map((run) => totalOf(run, effort)));
  return Array.from({ length: last }, (_, index) => index + 1).flatMap((limit) => {
    const values = runs.map((run) => bestAfter(run, effort, limit)).filter((value) => value !== null);
    return values.length === runs.length ? [{ effort: limit, accuracy: mean(values) }] : [];
  });
}
