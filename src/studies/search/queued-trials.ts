import type { Job } from '../../objectives/contract.ts';
import { objectiveFor } from '../../objectives/table.ts';
import { earlierValuesOf } from '../../samplers/origin.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import type { PlannedTrial } from './plan.ts';

/** A planned trial as it is queued: with its job, and the objective that can evaluate it. */
export interface QueuedTrial extends PlannedTrial {
  /** Its id; absent: a new one. */
  readonly id?: string;
  readonly objective: { readonly name: string; readonly version: number };
  readonly job: Job;
}

/** Makes the jobs of planned trials: a function of the definition and their parameters alone. */
export function queuedTrials(spec: ResolvedSpec, planned: readonly PlannedTrial[]): QueuedTrial[] {
  const { name, version } = objectiveFor(spec.objective);
  return planned.map((trial) => ({ ...trial, objective: { name, version }, job: jobOf(spec, trial) }));
}

/**
 * True if this code can queue trials of a study: it has the version of the objective that the study began with, which defines the
 * jobs. Other studies are left to processes that have it.
 */
export function canQueueTrials({ spec, objectiveVersion }: { readonly spec: ResolvedSpec; readonly objectiveVersion: number }): boolean {
  return objectiveFor(spec.objective).version === objectiveVersion;
}

/** The job of one trial. @param trial without an origin, or given by a client: nothing changed on its way */
export function jobOf(
  spec: ResolvedSpec,
  { parameters, origin = {}, given = null }: Pick<PlannedTrial, 'parameters'> & Partial<PlannedTrial>,
): Job {
  const { objective, objectiveSeed: seed, evaluate } = spec;
  const sampler = samplerOf(spec);
  const steps = sampler.stepsOf(parameters);
  const earlierValues = sampler.changesValues && given === null ? earlierValuesOf(origin) : [];
  return objectiveFor(objective).job({
    seed,
    parameters,
    evaluate,
    ...(steps !== null && { steps }),
    ...(earlierValues.length > 0 && { earlierValues }),
  });
}
