import type { z } from 'zod';

/** Options of any pruner: an object that names its pruner in `type`. */
export type OptionsSchema = z.ZodType<{ readonly type: string }>;

/**
 * Decides whether a running trial goes on, as data and pure functions: no clock, no randomness. A trial is judged at its reports of certain
 * steps, by the scores that other trials had at the same step. The pruner says which ends of trials count, and the study which trials: their order is fixed
 * by its schedule, so that one seed gives one search.
 *
 * A score is the value of the study's metric at a step, oriented so that more is better; negative infinity if it was not finite.
 */
export interface Pruner<Schema extends OptionsSchema> {
  /** The value of `pruner.type` in a study. */
  readonly name: string;
  /** One plain sentence: its rule and its use case. */
  readonly summary: string;
  /** Options with their defaults, `type` included. */
  readonly optionsSchema: Schema;
  /**
   * Place of a step among those at which trials are judged, from 0; null: no trial is judged at it.
   *
   * @param step from 1
   */
  rungOf(options: z.output<Schema>, step: number): number | null;
  /**
   * The others whose scores it gets under the deterministic schedule: trials that completed, or also those that were stopped. Under the asynchronous one
   * it gets the scores of all trials that have reported the step by then.
   */
  readonly comparesWith: 'completed' | 'completed and stopped';
  /**
   * The least score with which a trial goes on.
   *
   * @param others scores of other trials at this step, in any order
   * @returns null: it goes on with any score
   */
  leastScore(options: z.output<Schema>, others: readonly number[]): number | null;
  /** Names the share of trials that goes on, for the reason: "the best third". */
  part(options: z.output<Schema>): string;
}
