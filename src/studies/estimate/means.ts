import { setImmediate } from 'node:timers/promises';
import type { CoreSeconds, Job, JobCost } from '../../objectives/contract.ts';
import { type ObjectiveOptions, objectiveFor } from '../../objectives/table.ts';
import type { RungEffort } from '../../samplers/contract.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { type ExactEffort, times } from './effort.ts';
import { meanOver } from './space-average.ts';

/** Means over configurations, for one use of an objective. */
export interface Means {
  readonly meanSteps: number;
  readonly step: CoreSeconds;
  readonly evaluation: CoreSeconds;
  readonly checkpointMb: number;
}

/** Means over configurations, with the steps that each of them requests. */
export interface SampledMeans extends Means {
  readonly steps: readonly number[];
}

/** Averages the steps and costs of configurations. Nothing is drawn, read or measured for it. Yields to the event loop. */
export async function sampledMeans(options: ObjectiveOptions, configurations: readonly Configuration[]): Promise<SampledMeans> {
  const objective = objectiveFor(options);
  const jobs = await mapped(configurations, (parameters): Job => objective.job({ parameters, seed: 0, evaluate: false }));
  const { cost } = objective;
  const costs = cost ? await mapped(jobs, cost.estimate) : [];
  const mean = (of: (cost: JobCost) => number): number => (costs.length === 0 ? 0 : meanOver(costs, of));
  return {
    steps: jobs.map(({ steps }) => steps),
    meanSteps: meanOver(jobs, ({ steps }) => steps),
    step: { low: mean(({ step }) => step.low), high: mean(({ step }) => step.high) },
    evaluation: { low: mean(({ evaluation }) => evaluation.low), high: mean(({ evaluation }) => evaluation.high) },
    checkpointMb: mean(({ checkpointBytes }) => checkpointBytes) / 1e6,
  };
}

/**
 * The most steps of a trial of a search.
 *
 * @param search points that are all that the search tries, or else points of its space
 */
export function mostStepsOf(
  options: ObjectiveOptions,
  space: SearchSpace,
  search: { readonly steps: readonly number[]; readonly isAll: boolean },
): number {
  const fidelity = search.isAll ? null : objectiveFor(options).fidelity(space);
  return fidelity?.most ?? search.steps.reduce((most, steps) => Math.max(most, steps), 1);
}

/** The effort of trials that reuse no result. @param mostSteps most steps of a trial */
export function trainedAnew({ meanSteps, step, checkpointMb }: Means, mostSteps: number, trials: number): ExactEffort {
  const stepsExpected = trials * meanSteps;
  return {
    trials,
    trainingsAtMost: trials,
    stepsAtMost: trials * mostSteps,
    stepsExpected,
    coreSeconds: times(step, stepsExpected),
    diskMb: trials * checkpointMb,
  };
}

/**
 * The same of a search with rungs, if no trial fails.
 *
 * @param continues true if a longer evaluation continues a shorter one
 */
export function trainedAtRungs({ step, checkpointMb }: Means, trials: number, rungs: RungEffort, continues: boolean): ExactEffort {
  const steps = continues ? rungs.newSteps : rungs.steps;
  return {
    trials,
    trainingsAtMost: continues ? rungs.configurations : trials,
    stepsAtMost: steps,
    stepsExpected: steps,
    coreSeconds: times(step, steps),
    diskMb: (continues ? rungs.configurations : trials) * checkpointMb,
  };
}

/** Jobs and costs made between two pauses: a few milliseconds of work in a cold process. */
const atOnce = 64;

/** Maps items, and yields to the event loop now and then: a job takes a digest and a check of its payload. */
async function mapped<Item, Result>(items: readonly Item[], of: (item: Item) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(of(item));
    if (results.length % atOnce === 0) await setImmediate();
  }
  return results;
}
