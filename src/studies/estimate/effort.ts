import type { CoreSeconds } from '../../objectives/contract.ts';

/** The effort of a study, of a part of a campaign, or of all of it. null: nothing but time or a target value ends it. */
export interface Effort {
  /** Trials charged, at most. */
  readonly trials: number | null;
  /** Trials that train anything, at most: no result is known yet. */
  readonly trainingsAtMost: number | null;
  readonly stepsAtMost: number | null;
  /** Steps trained if configurations were spread evenly over the space. */
  readonly stepsExpected: number | null;
  /** Processor time of the expected steps and of all measuring; null also if the objective has no estimate of costs. */
  readonly coreSeconds: { readonly low: number; readonly high: number } | null;
  /** Step checkpoints of the trainings, if none is ever removed, in units of 10⁶ bytes; null as `coreSeconds` is. */
  readonly diskMb: number | null;
}

/** An effort before it is rounded. Without an estimate of costs, times and sizes are 0. */
export type ExactEffort = { readonly [Key in keyof Effort]: NonNullable<Effort[Key]> };

/** Nothing to do. */
export const noEffort: ExactEffort = {
  trials: 0,
  trainingsAtMost: 0,
  stepsAtMost: 0,
  stepsExpected: 0,
  coreSeconds: { low: 0, high: 0 },
  diskMb: 0,
};

/** Multiplies a cost. */
export function times({ low, high }: CoreSeconds, factor: number): CoreSeconds {
  return { low: low * factor, high: high * factor };
}

/** Adds two costs. */
export function plus(a: CoreSeconds, b: CoreSeconds): CoreSeconds {
  return { low: a.low + b.low, high: a.high + b.high };
}

/** Adds two efforts. */
export function effortSum(a: ExactEffort, b: ExactEffort): ExactEffort {
  return {
    trials: a.trials + b.trials,
    trainingsAtMost: a.trainingsAtMost + b.trainingsAtMost,
    stepsAtMost: a.stepsAtMost + b.stepsAtMost,
    stepsExpected: a.stepsExpected + b.stepsExpected,
    coreSeconds: plus(a.coreSeconds, b.coreSeconds),
    diskMb: a.diskMb + b.diskMb,
  };
}

/**
 * Rounds counts to whole numbers and estimates to three digits.
 *
 * @param hasCosts whether the objective has an estimate of costs; else times and sizes are left open
 */
export function rounded(effort: ExactEffort | null, hasCosts: boolean): Effort {
  if (!effort) return { trials: null, trainingsAtMost: null, stepsAtMost: null, stepsExpected: null, coreSeconds: null, diskMb: null };
  const digits = (value: number): number => Number(value.toPrecision(3));
  const { coreSeconds, diskMb, stepsExpected } = effort;
  return {
    ...effort,
    stepsExpected: Math.round(stepsExpected),
    coreSeconds: hasCosts ? { low: digits(coreSeconds.low), high: digits(coreSeconds.high) } : null,
    diskMb: hasCosts ? digits(diskMb) : null,
  };
}
