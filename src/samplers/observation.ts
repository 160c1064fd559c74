import type { Items } from '../shared/shared-list.ts';
import type { Configuration } from '../space/configuration.ts';
import type { Origin } from './origin.ts';

/** A finished trial as a sampler sees it. It never changes: a sampler may keep with the object what it computed from it. */
export interface Observation {
  /** The trial's number in its study, from 0. */
  readonly number: number;
  /** Index of its suggestion, from 0; null for a trial that a client gave and no sampler suggested. Without given trials it equals the number. */
  readonly index: number | null;
  readonly parameters: Configuration;
  readonly origin: Origin;
  /**
   * The objective; null if the trial failed or its value is not finite. A diverged training has the value that it measured. README.md
   * has each sampler's handling of both.
   */
  readonly value: number | null;
  /** The metrics in the order of the study, if there are several. Absent: there is one, or `value` is null; then the trial has none of them. */
  readonly values?: readonly number[];
  /**
   * Constraint violation: distance of the trial from the limits of the study, the sum over its constraints. It is 0 if the trial keeps all limits, and the largest
   * number if a limited value was not finite. Absent: there are no limits, or the trial has no values.
   */
  readonly violation?: number;
  /**
   * Step after which the trial was stopped early, because it was not promising; `value` is then the one after that step. Absent: it was not
   * stopped. A sampler puts such a trial behind every completed one, as README.md says. Its `violation` would be of values after fewer steps
   * too: no sampler reads it.
   */
  readonly prunedAt?: number;
  /** True if its evaluation broke down at its last step: `value` is what it measured then, and no step can follow. */
  readonly diverged?: true;
  /** True for a result that a client knew: every later suggestion sees it. */
  readonly known?: true;
}

/**
 * Finished trials, ordered by number. Histories of one study share most of their observations: an array is passed again only if nothing
 * but observations at its end was added to it.
 */
export type History = Items<Observation>;

/** The members of an observation, or of what a state keeps of it, that rank it. */
export interface Outcome {
  readonly value: number | null;
  readonly violation?: number | undefined;
  readonly prunedAt?: number | undefined;
}

/** True for a completed trial beyond a limit of its study. */
export function isBeyondLimits({ violation = 0, prunedAt }: Pick<Outcome, 'violation' | 'prunedAt'>): boolean {
  return violation > 0 && prunedAt === undefined;
}

/** True for a trial that was stopped early after a step with a finite value. One without such a value counts as failed. */
export function isStopped({ value, prunedAt }: Pick<Outcome, 'value' | 'prunedAt'>): boolean {
  return value !== null && prunedAt !== undefined;
}

/** The mark of a trial that was stopped early, for a state; nothing for others. */
export function stopMark({ prunedAt }: Pick<Outcome, 'prunedAt'>): { readonly prunedAt?: number } {
  return prunedAt === undefined ? {} : { prunedAt };
}
