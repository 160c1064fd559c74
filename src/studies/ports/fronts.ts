import type { Direction } from '../../samplers/contract.ts';
import type { FrontPlace } from '../fronts/metric-result.ts';
import type { Trial } from '../model/trial.ts';

/** A trial of a leaderboard; of a study with several metrics with its place. */
export type RankedTrial = Trial & Partial<Omit<FrontPlace, 'number'>>;

/** The Pareto front of a study with several metrics. */
export interface ParetoFront {
  /** Number of its trials. */
  readonly size: number;
  /** The least crowded of them first. */
  readonly trials: readonly RankedTrial[];
  /** One value for each metric; null if no trial has all values and keeps all limits, and none was named. */
  readonly reference: readonly number[] | null;
  /** The volume between the reference and the front; null without a reference, and for a front of four metrics that is too large. */
  readonly hypervolume: number | null;
  readonly metrics: readonly { readonly name: string; readonly direction: Direction }[];
}

/** How the front of a study with several metrics grew. */
export interface FrontProgress {
  /** The worst value of each metric among the results that count; null if there is none. */
  readonly reference: readonly number[] | null;
  /** The hypervolume of the first so many completed trials, where it is not too much work. */
  readonly volumes: readonly { readonly trials: number; readonly volume: number }[];
  /** Numbers of the trials on the front. */
  readonly front: readonly number[];
}
