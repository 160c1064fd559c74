import { z } from 'zod';
import { resolvedMetricSchema } from '../studies/definition/definition.ts';
import type { ParetoFront } from '../studies/ports/fronts.ts';
import { rankedTrialSchema, representLeaderboard } from './trial.ts';

export const referenceValueSchema = z
  .strictObject({ name: z.string().describe('Name of the metric.'), value: z.number().describe('Its value at the reference point.') })
  .meta({ id: 'ReferenceValue', description: 'The reference point in one metric.' });

/** The Pareto front of a study. */
export const paretoFrontSchema = z
  .strictObject({
    metrics: z.array(resolvedMetricSchema).describe('The metrics of the study, in its order.'),
    size: z.int().min(0).describe('Number of trials on the front.'),
    items: z
      .array(rankedTrialSchema)
      .describe('Trials of the front, the least crowded first: with a smaller `limit`, those that are spread over it.'),
    hypervolume: z
      .number()
      .nullable()
      .describe(
        'The volume between the front and the reference point, in the units of the metrics; larger is better. Compare it only at the same reference point. null while there is none, for a study with one metric, and for a front of more than 2,000 trials with four metrics.',
      ),
    reference: z
      .array(referenceValueSchema)
      .nullable()
      .describe(
        'The reference point that was used: the one of the query, or else the worst value of each metric among the completed trials that keep all limits. null while there is none, and for a study with one metric.',
      ),
  })
  .meta({
    id: 'ParetoFront',
    description:
      'The trials that no other one is better than: a trial is on the front if no other trial is at least as good in every metric and better in one. Trials beyond a limit of the study are not on it. With one metric it is the best trial.',
  });

export type ParetoFrontRepresentation = z.output<typeof paretoFrontSchema>;

/** Builds the representation of a front. */
export function representFront({ metrics, size, trials, hypervolume, reference }: ParetoFront): ParetoFrontRepresentation {
  return {
    metrics: metrics.map(({ name, direction }) => ({ name, direction })),
    size,
    items: representLeaderboard(trials).items,
    hypervolume,
    reference: reference && metrics.map(({ name }, index) => ({ name, value: reference[index] ?? 0 })),
  };
}
