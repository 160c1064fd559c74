import type { ResolvedSpec } from '../definition/definition.ts';
import type { Trial } from '../model/trial.ts';

/** The trials whose reports a judgement of a trial sees. */
export type VisibleReports =
  /** Under the deterministic schedule: those of the trials with a lower number than this that the pruner compares with (`isComparedWith`). */
  | { readonly kind: 'before'; readonly number: number }
  /** The same for a member of a generation: the trials up to the last one of the generation before. */
  | { readonly kind: 'before-generation'; readonly generation: number }
  /** Under the asynchronous schedule: all that are there when the report arrives. */
  | { readonly kind: 'arrived' };

/**
 * The reports that a judgement of a trial sees: of those trials whose results its suggestion could see, so that one seed gives one search at
 * any speed. A trial that a client enqueued has no such place under the deterministic schedule: it sees none, and is never stopped.
 */
export function visibleReports(
  spec: Pick<ResolvedSpec, 'schedule' | 'parallelism'>,
  { number, generation, given }: Pick<Trial, 'number' | 'generation' | 'given'>,
): VisibleReports {
  if (spec.schedule === 'asynchronous') return { kind: 'arrived' };
  if (given !== null) return { kind: 'before', number: 0 };
  if (generation !== null) return { kind: 'before-generation', generation };
  return { kind: 'before', number: Math.max(0, number - spec.parallelism + 1) };
}
