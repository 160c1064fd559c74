import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { nextNumber } from '../model/progress.ts';
import type { SamplerProgress } from '../model/study.ts';

/**
 * Upper bound of the number of evaluated trials of a study, by its budget and its sampler; null if only time or a target value ends it.
 */
export function plannedTrials(spec: ResolvedSpec): number | null {
  const { budget } = spec;
  const most = Math.min(budget.trials ?? Number.POSITIVE_INFINITY, samplerOf(spec).size(budget) ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(most) ? most : null;
}

/**
 * Upper bound of the number of all trials, with the known results and the enqueued trials that were given so far.
 *
 * @param planned see `plannedTrials`
 */
export function plannedWithGiven(
  planned: number | null,
  progress: Parameters<typeof nextNumber>[0] & Pick<SamplerProgress, 'known'>,
): number | null {
  return planned === null ? null : Math.max(planned + progress.known, nextNumber(progress));
}
