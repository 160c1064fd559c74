import { z } from 'zod';
import type { Pruner } from '../contract.ts';
import { intervalFields, rungAfterWarmup } from '../intervals.ts';
import { scoreAtTop } from '../percentile/score-at-top.ts';

const medianOptionsSchema = z
  .strictObject({ type: z.literal('median'), ...intervalFields })
  .meta({ id: 'MedianPruner', description: 'Stops a trial that is worse than the median of the others at the same step.' });

/**
 * The median stopping rule (Golovin et al., "Google Vizier: A Service for Black-Box Optimization", KDD 2017, section 3.3), with the values at the
 * step in place of best values and running averages. As there, the others are trials that completed. Their median is higher than that of all
 * trials: with stopped ones among them a search came less close in `bench:pruning` (by 0.03 to 0.04 of log10 after 100 seeds).
 */
export const medianPruner: Pruner<typeof medianOptionsSchema> = {
  name: 'median',
  summary: 'Stops a trial whose value at a step is worse than the median of the others at that step; hard to misuse.',
  optionsSchema: medianOptionsSchema,
  rungOf: rungAfterWarmup,
  comparesWith: 'completed',
  leastScore: ({ minTrials }, others) => (others.length < minTrials ? null : scoreAtTop(others, 0.5)),
  part: () => 'the better half',
};
