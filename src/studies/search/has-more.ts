import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { SamplerProgress } from '../model/study.ts';
import { suggestionLimit } from './advance-draft.ts';

/** True if the budget and the sampler allow another trial now. Results decide its parameters, not its existence. */
export function hasMore(
  spec: ResolvedSpec,
  progress: Pick<SamplerProgress, 'state' | 'suggested' | 'skipped' | 'enqueued'>,
  sampler: BoundSampler,
): boolean {
  const { state, suggested } = progress;
  const size = sampler.size(spec.budget) ?? Number.POSITIVE_INFINITY;
  if (suggested >= Math.min(suggestionLimit(spec, progress), size)) return false;
  const generation = sampler.generation(state);
  return generation === null || suggested < generation.firstIndex + generation.size;
}
