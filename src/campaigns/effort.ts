import type { CoreSeconds } from './training-cost.ts';

/** What a part of a campaign, or all of it, may take. null: nothing but time or a target value ends it. */
export interface Effort {
  /** Trials charged, at most. */
  readonly trials: number | null;
  /** Trials that train anything, at most: no result is known yet. */
  readonly trainingsAtMost: number | null;
  readonly stepsAtMost: number | null;
  /** Steps trained if configurations were spread evenly over the space. */
  readonly stepsExpected: number | null;
  /** Processor time of the expected steps and of all measuring. */
  readonly coreHours: { readonly low: number; readonly high: number } | null;
  /** Step checkpoints of the trainings, if none is ever removed, in units of 10⁶ bytes. */
  readonly diskMb: number | null;
}

/** An effort before it is rounded. */
export type ExactEffort = { readonly [Key in keyof Effort]: NonNullable<Effort[Key]> };

/** Nothing to do. */
export const noEffort: ExactEffort = {
  trials: 0,
  trainingsAtMost: 0,
  stepsAtMost: 0,
  stepsExpected: 0,
  coreHours: { low: 0, high: 0 },
  diskMb: 0,
};

/** So many times a cost. */
export function times({ low, high }: CoreSeconds, factor: number): CoreSeconds {
  return { low: low * factor, high: high * factor };
}

/** Hours of seconds. */
export function hours(seconds: CoreSeconds): CoreSeconds {
  return times(seconds, 1 / 3600);
}

/** Two costs together. */
export function plus(a: CoreSeconds, b: CoreSeconds): CoreSeconds {
  return { low: a.low + b.low, high: a.high + b.high };
}

/** Two efforts together. */
export function effortSum(a: ExactEffort, b: ExactEffort): ExactEffort {
  return {
    trials: a.trials + b.trials,
    trainingsAtMost: a.trainingsAtMost + b.trainingsAtMost,
    stepsAtMost: a.stepsAtMost + b.stepsAtMost,
    stepsExpected: a.stepsExpected + b.stepsExpected,
    coreHours: plus(a.coreHours, b.coreHours),
    diskMb: a.diskMb + b.diskMb,
  };
}

/** Counts are whole; what is estimated has three digits, which is more than it is worth. */
export function rounded(effort: ExactEffort | null): Effort {
  if (!effort) return { trials: null, trainingsAtMost: null, stepsAtMost: null, stepsExpected: null, coreHours: null, diskMb: null };
  const digits = (value: number): number => Number(value.toPrecision(3));
  const { coreHours, diskMb, stepsExpected } = effort;
  return {
    ...effort,
    stepsExpected: Math.round(stepsExpected),
    coreHours: { low: digits(coreHours.low), high: digits(coreHours.high) },
    diskMb: digits(diskMb),
  };
}
