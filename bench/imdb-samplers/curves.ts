import { mean } from '../support/means.ts';
import type { Run } from './results.ts';
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
  /** What one trial takes. */
  readonly of: (trial: Run['trials'][number]) => number;
}

export const efforts = {
  trials: { name: 'trials', of: () => 1 },
  epochs: { name: 'trained epochs', of: ({ epochsTrained }) => epochsTrained },
} as const satisfies Record<string, Effort>;

/** The best accuracy of a search after so much effort; null before its first result. */
export function bestAfter(run: Run, { of }: Effort, limit: number): number | null {
  let [used, best]: [number, number | null] = [0, null];
  for (const trial of run.trials) {
    used += of(trial);
    if (used > limit) return best;
    if (trial.accuracy !== null) best = Math.max(best ?? 0, trial.accuracy);
  }
  return best;
}

/** The effort of a whole search. */
export const totalOf = (run: Run, { of }: Effort): number => run.trials.reduce((sum, trial) => sum + of(trial), 0);

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
