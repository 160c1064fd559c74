import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';

/** Upper bound of a study's trials by its budget and its sampler; null if only time or a target value ends it. */
export function plannedTrials(spec: ResolvedSpec): number | null {
  const { budget } = spec;
  const most = Math.min(budget.trials ?? Number.POSITIVE_INFINITY, samplerOf(spec).size(budget) ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(most) ? most : null;
}
