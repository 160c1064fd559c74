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
 * Percentiles of the values at the same step, as the percentile pruner of Optuna, which compares the best value of a trial so far in place of
 * its value at the step.
 */
export const percentilePruner: Pruner<typeof percentileOptionsSchema> = {
  name: 'percentile',
  summary: 'Stops a trial whose value at a step is not among the best percentage of the others at that step.',
  optionsSchema: percentileOptionsSchema,
  rungOf: rungAfterWarmup,
  leastScore: ({ percentile, minTrials }, others) => (others.length < minTrials ? null : scoreAtTop(others, percentile / 100)),
  part: ({ percentile }) => `the best ${percentile} %`,
};
