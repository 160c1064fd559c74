import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { trialLimit } from './advance-draft.ts';

/** True if the budget and the sampler allow another trial now. Results decide its parameters, not its existence. */
export function hasMore(
  { spec, state, suggested }: { readonly spec: ResolvedSpec; readonly state: unknown; readonly suggested: number },
  sampler: BoundSampler,
): boolean {
  const size = sampler.size(spec.budget) ?? Number.POSITIVE_INFINITY;
  if (suggested >= Math.min(trialLimit(spec), size)) return false;
  const generation = sampler.generation(state);
  return generation === null || suggested < generation.firstTrial + generation.size;
}
