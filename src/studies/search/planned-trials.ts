import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';

/** The most trials a study will have by its budget and its sampler, or null where only time or a target value ends it. */
export function plannedTrials(spec: ResolvedSpec): number | null {
  const { budget } = spec;
  const most = Math.min(budget.trials ?? Number.POSITIVE_INFINITY, samplerOf(spec).size(budget) ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(most) ? most : null;
}
