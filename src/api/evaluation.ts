import { z } from 'zod';
import type { Evaluation, EvaluationCurve, Evaluations } from '../objectives/evaluations.ts';
import { type ObjectiveOptions, objectiveFor } from '../objectives/table.ts';
import type { Json } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';

const axisSchema = z
  .strictObject({ name: z.string(), low: z.number(), high: z.number().describe('The ends of the axis.') })
  .meta({ id: 'CurveAxis' });

const curveSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    axes: z.array(axisSchema).min(2).describe('The first is drawn across, the second up; others only say more about each point.'),
    points: z.array(z.array(z.number())).describe('A number for each axis, by rising first number.'),
    steps: z
      .boolean()
      .describe('true: between two points, and before the first, the curve is as high as the next point. false: straight lines.'),
    baseline: z
      .strictObject({ label: z.string(), value: z.number() })
      .nullable()
      .describe('A height to compare with; null where there is none.'),
  })
  .meta({ id: 'EvaluationCurve', description: 'A curve of a held-out measurement.' });

const tableSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    corner: z.string().describe('Heading of the rows.'),
    rows: z.array(z.string()),
    columns: z.array(z.string()),
    cells: z.array(z.array(z.number())).describe('Row by row.'),
  })
  .meta({ id: 'EvaluationTable', description: 'A table of counts of a held-out measurement.' });

/** A held-out measurement. */
export const evaluationSchema = z
  .strictObject({
    values: z
      .record(z.string(), z.number().nullable())
      .describe('Numbers by name, as the objective has them; null where one is not finite.'),
    tables: z.array(tableSchema),
    curves: z.array(curveSchema),
  })
  .meta({ id: 'Evaluation', description: 'A result measured on held-out data, which takes no part in any search.' });

/** The same without its curves, which are most of it. */
export const evaluationSummarySchema = evaluationSchema
  .omit({ curves: true })
  .meta({ id: 'EvaluationSummary', description: 'A result measured on held-out data, without its curves.' });

/** Mean and range of a value. */
export const rangeSchema = z
  .strictObject({ mean: z.number(), min: z.number(), max: z.number() })
  .meta({ id: 'Range', description: 'Mean, lowest and highest value over the repeats that are measured.' });

/** The ranges of all values, by name. */
export const rangesSchema = z
  .record(z.string(), rangeSchema.nullable().describe('null where any of the values is not finite.'))
  .meta({ id: 'EvaluationRanges', description: 'Each value of the held-out measurement over the repeats: one training is one draw.' });

const evaluationValueSchema = z
  .strictObject({
    name: z.string(),
    label: z.string().describe('For headings.'),
    text: z.string().describe('The meaning of the value.'),
    whole: z.boolean().describe('It is a count.'),
  })
  .meta({ id: 'EvaluationValue', description: 'A number of a held-out measurement.' });

/** The measurement that an objective makes on held-out data. */
export const evaluationDescriptionSchema = z
  .strictObject({
    data: z.string().describe('The held-out data, in words.'),
    headline: z.string().describe('Name of the value that is shown where there is room for one.'),
    values: z.array(evaluationValueSchema).describe('In the order in which they are shown.'),
  })
  .meta({ id: 'EvaluationDescription', description: 'The measurement that the objective makes on held-out data.' });

export type EvaluationRepresentation = z.output<typeof evaluationSchema>;
export type EvaluationSummaryRepresentation = z.output<typeof evaluationSummarySchema>;
export type RangeRepresentation = z.output<typeof rangeSchema>;
export type RangesRepresentation = z.output<typeof rangesSchema>;

/** A stored measurement as the API shows it. @param shaped changes each curve before it is shown */
export function representEvaluation(
  objective: ObjectiveOptions,
  stored: Json | null,
  shaped: (curve: EvaluationCurve) => EvaluationCurve = (curve) => curve,
): EvaluationRepresentation | null {
  if (stored === null) return null;
  const { values, curves, tables } = presented(objective, stored);
  return { values: { ...values }, tables: tables.map(representTable), curves: curves.map((curve) => representCurve(shaped(curve))) };
}

/** A stored measurement without its curves. */
export function representEvaluationSummary(objective: ObjectiveOptions, stored: Json | null): EvaluationSummaryRepresentation | null {
  const shown = representEvaluation(objective, stored);
  return shown && { values: shown.values, tables: shown.tables };
}

/** The measurement that an objective makes on held-out data; null where it makes none. */
export function representEvaluations(evaluations: Evaluations | null): z.output<typeof evaluationDescriptionSchema> | null {
  if (!evaluations) return null;
  const { data, headline, values } = evaluations;
  return { data, headline, values: values.map(({ name, label, text, whole }) => ({ name, label, text, whole })) };
}

/** The ranges of the values of repeated measurements; null where there are none. */
export function rangesOf(measured: readonly EvaluationSummaryRepresentation[]): RangesRepresentation | null {
  const [first] = measured;
  if (!first) return null;
  return Object.fromEntries(Object.keys(first.values).map((name) => [name, rangeOf(measured.map(({ values }) => values[name] ?? null))]));
}

/** @param values at least one */
function rangeOf(values: readonly (number | null)[]): RangeRepresentation | null {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return null;
  return { mean: known.reduce((sum, value) => sum + value, 0) / known.length, min: Math.min(...known), max: Math.max(...known) };
}

function presented(options: ObjectiveOptions, stored: Json): Evaluation {
  const evaluations = objectiveFor(options).evaluations();
  invariant(evaluations, 'what is measured on held-out data has an objective that measures so');
  return evaluations.present(stored);
}

function representTable({ name, title, corner, rows, columns, cells }: Evaluation['tables'][number]) {
  return { name, title, corner, rows: [...rows], columns: [...columns], cells: cells.map((row) => [...row]) };
}

function representCurve({ name, title, axes, points, steps, baseline }: EvaluationCurve) {
  return {
    name,
    title,
    axes: axes.map((axis) => ({ ...axis })),
    points: points.map((point) => [...point]),
    steps,
    baseline: baseline && { ...baseline },
  };
}
