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
  .meta({
    id: 'PercentilePruner',
    description:
      'Stops a trial that is not in the best percentage of the completed trials at the same step; under the asynchronous schedule, of all that have reported the step.',
  });

/**
 * Percentiles of the values of completed trials at the same step, as the percentile pruner of Optuna. Under the asynchronous schedule they are those of all
 * trials that have reported the step. Further differences: Optuna compares the best value of a trial so far with values at the step. It postpones a
 * judgement to the next report if a trial skips a step; here there is none. A trial whose value is not finite is stopped by the same rule as others, so
 * it goes on where too few others are known; Optuna stops it at once.
 */
export const percentilePruner: Pruner<typeof percentileOptionsSchema> = {
  name: 'percentile',
  summary: 'Stops a trial whose value at a step is not in the best percentage of the completed trials at that step.',
  optionsSchema: percentileOptionsSchema,
  rungOf: rungAfterWarmup,
  comparesWith: 'completed',
  leastScore: ({ percentile, minTrials }, others) => (others.length < minTrials ? null : scoreAtTop(others, percentile / 100)),
  part: ({ percentile }) => `the best ${percentile} %`,
};
