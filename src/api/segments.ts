import type { Configuration } from '../space/configuration.ts';
import type { EarlierValues } from '../space/earlier-values.ts';
import type { SearchSpace } from '../space/schema.ts';

/** A trial whose values may have changed on the way. */
export interface ChangedTrial {
  /** The values of its last steps. */
  readonly parameters: Configuration;
  /** Those of its earlier steps. Absent: they are the same. */
  readonly earlierValues?: EarlierValues | undefined;
}

/** Steps of a trial, both ends included, that were taken with the same values. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** At least those that may change. */
  readonly parameters: Configuration;
}

/** The segments of a trial of so many steps, in order. */
export function segmentsOf({ parameters, earlierValues = [] }: ChangedTrial, steps: number): Segment[] {
  const ends = [...earlierValues, { until: steps, parameters }];
  return ends.map(({ until, parameters: values }, index) => ({ from: (ends[index - 1]?.until ?? 0) + 1, to: until, parameters: values }));
}

/** Names of the parameters that changed on the way of some trial, in the order of the space. */
export function changedNames(space: SearchSpace, trials: readonly ChangedTrial[]): string[] {
  const hasChanged = (name: string): boolean =>
    trials.some(({ parameters, earlierValues = [] }) =>
      earlierValues.some((earlier) => name in earlier.parameters && earlier.parameters[name] !== parameters[name]),
    );
  return space.map(({ name }) => name).filter(hasChanged);
}
