import { objectiveFor } from '../../objectives/table.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { ResolvedSpec } from '../definition/definition.ts';

/** True if the trials of a study are evaluated by workers of a client, which ask for them over HTTP. */
export function isAskedFor({ objective }: Pick<ResolvedSpec, 'objective'>): boolean {
  return objectiveFor(objective).evaluatedBy === 'client';
}

/**
 * True if a suggestion is made at the moment at which a worker asks for a trial, so that it knows every result by then. All other
 * searches queue their trials ahead, as many as may be open: under the deterministic schedule a suggestion does not depend on the
 * moment, and a slow sampler is asked before anybody waits for it.
 */
export function suggestsOnDemand(spec: Pick<ResolvedSpec, 'objective' | 'schedule'>, { cost }: Pick<BoundSampler, 'cost'>): boolean {
  return isAskedFor(spec) && spec.schedule === 'asynchronous' && cost === 'instant';
}
