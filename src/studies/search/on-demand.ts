import { objectiveFor } from '../../objectives/table.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { ResolvedSpec } from '../definition/definition.ts';

/** True if the trials of a study are evaluated by workers of a client, which ask for them over HTTP. */
export function isAskedFor({ objective }: Pick<ResolvedSpec, 'objective'>): boolean {
  return objectiveFor(objective).evaluatedBy === 'client';
}

/**
 * True if a suggestion is made when a worker asks for a trial, so that it sees every result up to then. All other searches queue their
 * trials ahead, up to the parallelism. Nothing is lost by that under the deterministic schedule, where a suggestion does not depend on
 * the time, and a slow sampler makes its suggestions before a worker waits for them.
 */
export function suggestsOnDemand(spec: Pick<ResolvedSpec, 'objective' | 'schedule'>, { cost }: Pick<BoundSampler, 'cost'>): boolean {
  return isAskedFor(spec) && spec.schedule === 'asynchronous' && cost === 'instant';
}
