import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';

const curveSchema = z
  .strictObject({
    trial: z.int().min(0).describe('Number of the trial.'),
    value: z.number().nullable().describe('Value of the metric of the trial; null if it is not finite.'),
    prunedAt: z.int().min(1).optional().describe('Step after which the pruner stopped it. Absent: it completed.'),
    steps: z.array(z.int().min(1)).describe('Steps in order, the first and the last measured one among them.'),
    values: z
      .array(z.number().nullable())
      .describe('The metric at each of these steps, with six significant digits; null where it is not finite.'),
  })
  .meta({
    id: 'LearningCurve',
    description: 'The metric of a trial against its steps: at most 100 of them, half at even distances and half at even ratios.',
  });

/** The learning curves of a part of a report. */
export const learningCurvesSchema = z
  .strictObject({
    part: z.string().describe('Name of the part.'),
    trials: z.int().min(0).describe('Number of its trials that completed or were stopped early.'),
    sampled: z.boolean().describe('false: the curves are those of all trials that measured anything. true: those of some of them.'),
    curves: z
      .array(curveSchema)
      .describe(
        'By trial number. All parts of a report together have at most 300, in equal shares. Of a part with more trials than its share, a third of the curves are of its best trials, the others of trials that are spread evenly over the numbers up to the last one that ended.',
      ),
  })
  .meta({ id: 'LearningCurves', description: 'Learning curves of the trials of a part.' });

export type LearningCurvesRepresentation = z.output<typeof learningCurvesSchema>;

/** Finer than any plot; more digits would be most of a report. */
const digits = 6;

/** Builds the learning curves of a part; none if no trial measured more than one step. */
export function representLearningCurves({ name, totals, learning }: PartFindings): LearningCurvesRepresentation[] {
  if (!learning?.curves.some(({ points }) => points.length > 1)) return [];
  return [
    {
      part: name,
      trials: totals.completed + totals.pruned,
      sampled: learning.sampled,
      curves: learning.curves.map(({ number, value, prunedAt, points }) => ({
        trial: number,
        value,
        ...(prunedAt !== undefined && { prunedAt }),
        steps: points.map(({ step }) => step),
        values: points.map((point) => point.value && Number(point.value.toPrecision(digits))),
      })),
    },
  ];
}
