import type { IntParameter } from '../../space/schema.ts';
import { continuedBy, type History, type Observation } from '../contract.ts';
import { stepsOf, withoutSteps } from './fidelity.ts';

/**
 * What a proposer sees: each configuration once, without its steps, with its last result. One that has not got all steps is as a trial that was
 * stopped early (src/samplers/README.md says how each sampler learns from those): completed ones come first, then those that got further.
 * BOHB (Falkner, Klein and Hutter, ICML 2018, section 3) learns from the largest number of steps alone at which there are enough results.
 */
export function experienceOf(history: History, fidelity: IntParameter): Observation[] {
  const last = new Map<number, Observation>();
  for (const observation of history) {
    const earlier = continuedBy(observation.origin);
    if (earlier !== null) last.delete(earlier);
    last.set(observation.number, observation);
  }
  return Array.from(last.values(), (observation) => seenBy(observation, fidelity));
}

/** An observation as a proposer sees it: an observation never changes, so that it is made once. */
const seen = new WeakMap<Observation, Observation>();

function seenBy(observation: Observation, fidelity: IntParameter): Observation {
  const known = seen.get(observation);
  if (known) return known;
  const { prunedAt: _, ...others } = observation;
  const steps = stepsOf(fidelity, observation.parameters);
  const made = {
    ...others,
    parameters: withoutSteps(fidelity, observation.parameters),
    ...(steps < fidelity.high && { prunedAt: steps }),
  };
  seen.set(observation, made);
  return made;
}
