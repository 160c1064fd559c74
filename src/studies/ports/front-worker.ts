import type { Point } from '../../pareto/dominance.ts';
import type { FrontPlace } from '../fronts/metric-result.ts';

/** Results in the form in which they pass to another thread at little cost. */
export interface PackedResults {
  readonly metrics: number;
  readonly numbers: Int32Array;
  /** Oriented values, `metrics` of each result; NaN for a result that does not rank. */
  readonly values: Float64Array;
  /** null: the study has no constraints. */
  readonly violations: Float64Array | null;
}

/** Work on the results of a study with several metrics that may take long where they are many. */
export type FrontJob =
  | { readonly kind: 'places'; readonly results: PackedResults; readonly count: number }
  | { readonly kind: 'volumes'; readonly results: PackedResults; readonly reference: Point; readonly ends: readonly number[] };

/** The answers to jobs, by their kind. */
export interface FrontAnswers {
  /** The first places of the leaderboard. */
  readonly places: readonly FrontPlace[];
  /** For each of `ends`, ascending: the hypervolume of that many first results; null if it is too much work (see `mostVolumePoints`). */
  readonly volumes: readonly (number | null)[];
}

/** Ranks the results of studies with several metrics. */
export interface FrontWorker {
  /** Does a job, off the caller's event loop if it may take long. */
  front<Kind extends FrontJob['kind']>(job: Extract<FrontJob, { readonly kind: Kind }>): Promise<FrontAnswers[Kind]>;
}
