import { samplers } from '../../samplers/table.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { nextNumber } from '../model/progress.ts';
import type { SamplerProgress } from '../model/study.ts';
import { hasMore } from './has-more.ts';
import { suggestsOnDemand } from './on-demand.ts';
import { waitsForWindow } from './proposals.ts';
import { versionDifference } from './study-end.ts';

/** Version of each sampler of this service, by its name. */
export const samplerVersions: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(samplers).map(({ name, version }) => [name, version]),
);

/** An active study with trials open, as a sweep looks at it: without reading its trials. */
export interface SweptStudy {
  readonly spec: ResolvedSpec;
  /** Version of the sampler that it began with. */
  readonly began: number;
  readonly progress: Omit<SamplerProgress, 'version' | 'withValue'>;
  /** Trials queued or running. */
  readonly open: number;
  /** True if the next trial to observe has finished. */
  readonly nextIsFinal: boolean;
}

/**
 * True if an advance would change a study: end it, observe or queue a trial, or find suggestions due. Asks the sampler for no suggestion,
 * and does not go by free places alone: a generational sampler leaves places free until its last trial ends, a window sampler until its
 * window moves (unless its schedule is asynchronous), and any search near its end.
 *
 * @throws ZodError if the state does not match the sampler's schema
 */
export function isAdvanceable(study: SweptStudy): boolean {
  const { spec, began, nextIsFinal, progress, open } = study;
  const sampler = samplerOf(spec, began);
  if (versionDifference(sampler, began) !== null) return true;
  if (nextIsFinal && sampler.learns !== 'generations') return true;
  if (suggestsOnDemand(spec)) return open === 0 && !hasMore(spec, progress, sampler);
  const room = waitsForWindow(spec, sampler) ? progress.observed + spec.parallelism - nextNumber(progress) : spec.parallelism - open;
  return room > 0 && hasMore(spec, progress, sampler);
}
