import type { IntParameter } from '../../space/schema.ts';
import { mostSteps, nearestSteps } from '../rungs/fidelity.ts';

/** Steps after which the rounds end, ascending: multiples of the interval as values of the parameter, and the most at last. */
export function roundsOf(fidelity: IntParameter, interval: number): number[] {
  const most = mostSteps(fidelity);
  const ends: number[] = [];
  for (let steps = interval; steps < most; steps += interval) {
    const end = nearestSteps(fidelity, Math.max(steps, fidelity.low));
    if (end !== ends.at(-1) && end < most) ends.push(end);
  }
  return [...ends, most];
}
