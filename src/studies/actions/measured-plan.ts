import { tell } from '../../shared/telemetry.ts';
import { planAdvance } from '../search/advance-plan.ts';
import type { AdvancePlan } from '../search/plan.ts';

type PlanArguments = Parameters<typeof planAdvance>;

/** `planAdvance`, and tells how long it took. */
export function measuredPlan(...given: PlanArguments): AdvancePlan {
  const started = performance.now();
  const plan = planAdvance(...given);
  const seconds = (performance.now() - started) / 1000;
  tell('plan', { sampler: given[0].spec.sampler.type, suggestions: plan.queue.length, seconds });
  return plan;
}
