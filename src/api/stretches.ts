import type { Configuration } from '../space/configuration.ts';
import type { Schedule } from '../space/schedule.ts';
import type { SearchSpace } from '../space/schema.ts';

/** A trial whose values may have changed on the way. */
export interface ScheduledTrial {
  /** The values of its last steps. */
  readonly parameters: Configuration;
  /** Those of its earlier steps. Absent: they are the same. */
  readonly schedule?: Schedule | undefined;
}

/** Steps of a trial, both ends included, that were taken with the same values. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** At least those that may change. */
  readonly parameters: Configuration;
}

/** The stretches of a trial of so many steps, in order. */
export function stretchesOf({ parameters, schedule = [] }: ScheduledTrial, steps: number): Stretch[] {
  const ends = [...schedule, { until: steps, parameters }];
  return ends.map(({ until, parameters: values }, index) => ({ from: (ends[index - 1]?.until ?? 0) + 1, to: until, parameters: values }));
}

/** Names of the parameters that changed on the way of some trial, in the order of the space. */
export function changedNames(space: SearchSpace, trials: readonly ScheduledTrial[]): string[] {
  const hasChanged = (name: string): boolean =>
    trials.some(({ parameters, schedule = [] }) =>
      schedule.some((earlier) => name in earlier.parameters && earlier.parameters[name] !== parameters[name]),
    );
  return space.map(({ name }) => name).filter(hasChanged);
}
