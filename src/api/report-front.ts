import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';
import { valuesSchema } from '../objectives/contract.ts';
import { objectiveFor } from '../objectives/table.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { directionSchema } from '../studies/definition/definition.ts';
import { referenceValueSchema } from './front.ts';
import { inOrder } from './parameter-order.ts';
import { shownViolation } from './trial.ts';

const trialNumber = z.int().min(0).describe('Number of the trial.');
const values = valuesSchema.describe('Its metrics.');

const metricSchema = z
  .strictObject({
    name: z.string().describe('Its name.'),
    label: z.string().describe('A few words for a heading.'),
    direction: directionSchema,
  })
  .meta({ id: 'ReportMetric', description: 'A metric of a study with several.' });

const memberSchema = z
  .strictObject({ trial: trialNumber, values, parameters: z.record(z.string(), parameterValueSchema).describe('Its configuration.') })
  .meta({ id: 'ReportFrontMember', description: 'A trial of the front.' });

const otherSchema = z
  .strictObject({
    trial: trialNumber,
    values,
    violation: z
      .number()
      .min(0)
      .nullable()
      .optional()
      .describe('How far it is beyond the limits: 0 within them, null where a limited value is not finite. Only with constraints.'),
  })
  .meta({ id: 'ReportFrontOther', description: 'A trial that is not on the front.' });

const volumeSchema = z
  .strictObject({
    trials: z.int().min(0).describe('Number of completed trials, in the order of their numbers.'),
    hypervolume: z.number().min(0).describe('The hypervolume of their front.'),
  })
  .meta({ id: 'ReportHypervolume', description: 'The hypervolume after so many trials.' });

/** The front of a study with several metrics, in its report. */
export const reportFrontSchema = z
  .strictObject({
    metrics: z.array(metricSchema).describe('The metrics in the order of the study.'),
    size: z.int().min(0).describe('Number of trials on the front.'),
    members: z.array(memberSchema).describe('Trials of the front, at most 200, the least crowded first.'),
    others: z
      .array(otherSchema)
      .describe('Completed trials with all metrics that are not on the front: at most 2,000, evenly spaced by number.'),
    reference: z
      .array(referenceValueSchema)
      .nullable()
      .describe('Reference point of the hypervolumes: the worst value of each metric; null if there is none.'),
    hypervolumes: z
      .array(volumeSchema)
      .describe(
        'At most 100, evenly spaced by the number of completed trials. With four metrics fewer for a front of more than 500 trials, and none for one of more than 2,000.',
      ),
  })
  .meta({ id: 'ReportFront', description: 'The Pareto front of a study with several metrics.' });

export type ReportFrontRepresentation = z.output<typeof reportFrontSchema>;

/** Builds the front of a report. */
export function representReportFront({ study: { spec }, front, points }: PartFindings): ReportFrontRepresentation | null {
  if (!front) return null;
  const { metrics, searchSpace, objective } = spec;
  const described = objectiveFor(objective).values();
  const named = (all: readonly number[]) => Object.fromEntries(metrics.map(({ name }, index) => [name, all[index] ?? null]));
  const isMember = new Set(front.progress.front);
  return {
    metrics: metrics.map(({ name, direction }) => ({ name, direction, label: described.find((one) => one.name === name)?.label ?? name })),
    size: front.progress.front.length,
    members: front.members.map(({ number, metricValues = [], parameters }) => ({
      trial: number,
      values: named(metricValues),
      parameters: { ...inOrder(parameters, searchSpace) },
    })),
    others: points.flatMap(({ number, metricValues, violation }) =>
      metricValues && !isMember.has(number)
        ? [{ trial: number, values: named(metricValues), ...(violation !== undefined && { violation: shownViolation(violation) }) }]
        : [],
    ),
    reference: front.progress.reference && metrics.map(({ name }, index) => ({ name, value: front.progress.reference?.[index] ?? 0 })),
    hypervolumes: front.progress.volumes.map(({ trials, volume }) => ({ trials, hypervolume: volume })),
  };
}
