import { setTimeout as delay } from 'node:timers/promises';
import { EvaluationError, type InProcessEvaluator } from '../evaluator.ts';
import { isFailing, testFunctionPayloadSchema, valuesAt } from './objective.ts';

/** Waits as long as a step takes, and reports its value. */
export const testFunctionEvaluator: InProcessEvaluator = {
  kind: 'in-process',
  evaluate: async (job, { signal, report }) => {
    const payload = testFunctionPayloadSchema.parse(job.payload);
    for (let step = 1; step <= job.steps; step += 1) {
      if (payload.stepMs > 0) await delay(payload.stepMs, undefined, { signal });
      if (isFailing(payload))
        throw new EvaluationError('evaluation-failed', 'this configuration is among the share that fails (objective.failures)');
      await report(step, valuesAt(payload, step, job.steps));
    }
  },
};
