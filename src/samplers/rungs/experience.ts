import type { IntParameter } from '../../space/schema.ts';
import type { History, Observation } from '../observation.ts';
import { continuedBy } from '../origin.ts';
import { mostSteps, stepsOf, withoutSteps } from './fidelity.ts';

/** Configurations that must have got so many steps before a proposer takes these for all steps: a model of `gp` begins with as many. */
const enough = 3;

/**
 * The trials that a proposer sees: each configuration once, without its steps, with its last result. The ones that got the most steps that at least three
 * configurations have got count as completed; the others are as trials that were stopped early (src/samplers/README.md says how each sampler learns
 * from those): completed ones come first, then those that got further. BOHB (Falkner, Klein and Hutter, ICML 2018, section 3) learns from the
 * largest number of steps alone at which there are enough results.
 */
export function experienceOf(history: History, fidelity: IntParameter): Observation[] {
  const last = new Map<number, Observation>();
  for (const observation of history) {
    const earlier = continuedBy(observation.origin);
    if (earlier !== null) last.delete(earlier);
    last.set(observation.number, observation);
  }
  const results = [...last.values()];
  const whole = wholeSteps(results, fidelity);
  return results.map((observation) => seenBy(observation, fidelity, whole));
}

/** The most steps that enough configurations with a value have got; all steps, while there are not enough. */
function wholeSteps(results: readonly Observation[], fidelity: IntParameter): number {
  const reached = results.filter(({ value }) => value !== null).map(({ parameters }) => stepsOf(fidelity, parameters));
  return reached.sort((one, other) => other - one)[enough - 1] ?? mostSteps(fidelity);
}

/** The forms in which a proposer sees an observation: it never changes, so that each is made once. */
const forms = new WeakMap<Observation, { readonly completed: Observation; readonly stopped: Observation }>();

function seenBy(observation: Observation, fidelity: IntParameter, whole: number): Observation {
  const steps = stepsOf(fidelity, observation.parameters);
  const known = forms.get(observation) ?? formsOf(observation, fidelity, steps);
  forms.set(observation, known);
  return steps < whole ? known.stopped : known.completed;
}

function formsOf({ prunedAt: _, ...observation }: Observation, fidelity: IntParameter, steps: number) {
  const completed = { ...observation, parameters: withoutSteps(fidelity, observation.parameters) };
  return { completed, stopped: { ...completed, prunedAt: steps } };
}
