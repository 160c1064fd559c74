import { z } from 'zod';
import type { Pruner } from '../contract.ts';
import { intervalFields, rungAfterWarmup } from '../intervals.ts';
import { scoreAtTop } from './score-at-top.ts';

const percentileOptionsSchema = z
  .strictObject({
    type: z.literal('percentile'),
    percentile: z.number().gt(0).lt(100).describe('Percentage of the trials that goes on: 25 keeps the best quarter.'),
    ...intervalFields,
  })
  .meta({ id: 'PercentilePruner', description: 'Stops a trial that is not among a percentage of the others at the same step.' });

/**
 * Percentiles of the values at the same step, as the percentile pruner of Optuna, from which it differs in this: Optuna compares the best value of a
 * trial so far with values at the step. Both give the values of completed trials; under the asynchronous schedule a study gives those of all. Optuna postpones a judgement
 * to the next report if a trial skips a step; here there is none. A trial whose value is not finite is stopped by the same rule as others, so it goes on
 * where too few others are known; Optuna stops it at once.
 */
export const percentilePruner: Pruner<typeof percentileOptionsSchema> = {
  name: 'percentile',
  summary: 'Stops a trial whose value at a step is not among the best percentage of the others at that step.',
  optionsSchema: percentileOptionsSchema,
  rungOf: rungAfterWarmup,
  comparesWith: 'completed',
  leastScore: ({ percentile, minTrials }, others) => (others.length < minTrials ? null : scoreAtTop(others, percentile / 100)),
  part: ({ percentile }) => `the best ${percentile} %`,
};
