import type { ResolvedSpec } from '../definition/definition.ts';
import { chargedTrials } from '../model/progress.ts';
import type { StudyState } from '../model/states.ts';
import { plannedTrials } from './planned-trials.ts';

/** The recent speed of a study, from what its trials recorded. It changes only when they record something. */
export interface Pace {
  /** The latest moment at which a recent trial was started, recorded a step or ended; null if none was started. */
  readonly recordedAt: Date | null;
  /** Time between the first start and the last record of the recent trials that were started in the latest stretch of active time. */
  readonly seconds: number;
  /** Steps trained for those trials. */
  readonly stepsTrained: number;
  /** Number of these trials that have finished, and the steps trained for them. */
  readonly finished: { readonly trials: number; readonly stepsTrained: number };
  /** Steps that the open trials request and do not have yet. */
  readonly openSteps: number;
  /** Mean of the steps that the recent trials request, or the open ones if none was started; null if there are none. */
  readonly stepsWanted: number | null;
}

/** Number of latest trials that the pace is measured on. */
export const recentTrials = 50;

/** Fewest trained steps that a pace is measured on. */
const fewestSteps = 3;

/** Returns the trained steps per second of all slots that work on a study together; null until enough was measured. */
export function stepsPerSecond({ seconds, stepsTrained }: Pace): number | null {
  return stepsTrained >= fewestSteps && seconds > 0 ? stepsTrained / seconds : null;
}

/** Returns the steps that a study is expected to train yet; null if the number of its trials is unknown, or nothing was measured. */
export function stepsLeft(spec: ResolvedSpec, charged: number, { openSteps, finished, stepsWanted }: Pace): number | null {
  const planned = plannedTrials(spec);
  const perTrial = finished.trials > 0 ? finished.stepsTrained / finished.trials : stepsWanted;
  if (planned === null || perTrial === null) return null;
  return openSteps + Math.max(planned - charged, 0) * perTrial;
}

/** Returns the expected time until a study ends, in whole seconds; null if it is not active or nothing bounds its time yet. */
export function remainingSeconds(
  {
    spec,
    state,
    sampler,
  }: { readonly spec: ResolvedSpec; readonly state: StudyState; readonly sampler: Parameters<typeof chargedTrials>[0] },
  elapsedSeconds: number,
  pace: Pace,
): number | null {
  if (state !== 'active') return null;
  const [rate, steps] = [stepsPerSecond(pace), stepsLeft(spec, chargedTrials(sampler), pace)];
  const bounds = [
    ...(rate === null || steps === null ? [] : [steps / rate]),
    ...(spec.budget.wallClockSeconds === undefined ? [] : [Math.max(spec.budget.wallClockSeconds - elapsedSeconds, 0)]),
  ];
  return bounds.length === 0 ? null : Math.round(Math.min(...bounds));
}
