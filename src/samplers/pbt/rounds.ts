import type { IntParameter } from '../../space/schema.ts';
import { mostSteps, nearestSteps } from '../rungs/fidelity.ts';

/** Steps after which the rounds end, ascending: multiples of the interval as values of the parameter, and the most at last. */
export function roundsOf(fidelity: IntParameter, interval: number): number[] {
  const most = mostSteps(fidelity);
  const { first, stride } = multiplesOf(fidelity, interval);
  const ends: number[] = [];
  for (let steps = first; steps < most; steps += stride) {
    const end = nearestSteps(fidelity, Math.max(steps, fidelity.low));
    if (end !== ends.at(-1) && end < most) ends.push(end);
  }
  return [...ends, most];
}

/** An upper bound of the number of rounds, without counting them. */
export function roundsAtMost(fidelity: IntParameter, interval: number): number {
  const { first, stride } = multiplesOf(fidelity, interval);
  return Math.max(0, Math.ceil((mostSteps(fidelity) - first) / stride)) + 1;
}

/** The multiples of the interval from the low of the parameter on; an interval that is shorter than its step takes each of its values. */
function multiplesOf({ low, step }: IntParameter, interval: number): { readonly first: number; readonly stride: number } {
  if (interval < step) return { first: Math.max(low, interval), stride: step };
  return { first: Math.max(interval, Math.floor(low / interval) * interval), stride: interval };
}
