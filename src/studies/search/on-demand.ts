import { objectiveFor } from '../../objectives/table.ts';
import type { ResolvedSpec } from '../definition/definition.ts';

/** True if the trials of a study are evaluated by workers of a client, which ask for them over HTTP. */
export function isAskedFor({ objective }: Pick<ResolvedSpec, 'objective'>): boolean {
  return objectiveFor(objective).evaluatedBy === 'client';
}

/**
 * True if a suggestion is made when a worker asks for a trial, so that it sees every result up to then. The worker waits for that of a slow
 * sampler, which is planned meanwhile. All other searches queue their trials ahead, up to the parallelism: under the deterministic schedule
 * nothing is lost by that, because a suggestion does not depend on the time.
 */
export function suggestsOnDemand(spec: Pick<ResolvedSpec, 'objective' | 'schedule'>): boolean {
  return isAskedFor(spec) && spec.schedule === 'asynchronous';
}
