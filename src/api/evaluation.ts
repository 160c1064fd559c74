import { z } from 'zod';
import type { Evaluation, EvaluationCurve, Evaluations } from '../objectives/evaluations.ts';
import { type ObjectiveOptions, objectiveFor } from '../objectives/table.ts';
import type { Json } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';

const axisSchema = z
  .strictObject({
    name: z.string().describe('Name of the axis.'),
    low: z.number().describe('The low end of the axis.'),
    high: z.number().describe('The high end of the axis.'),
  })
  .meta({ id: 'CurveAxis', description: 'An axis of a curve.' });

const curveSchema = z
  .strictObject({
    name: z.string().describe('Name of the curve.'),
    title: z.string().describe('Title for people.'),
    axes: z.array(axisSchema).min(2).describe('The first axis is horizontal, the second vertical; others only annotate the points.'),
    points: z.array(z.array(z.number())).describe('One number for each axis, in ascending order of the first.'),
    steps: z
      .boolean()
      .describe(
        'true: a step curve, which has the height of the next point between two points and before the first. false: straight lines.',
      ),
    baseline: z
      .strictObject({ label: z.string().describe('The reference in words.'), value: z.number().describe('Its height.') })
      .meta({ id: 'CurveBaseline', description: 'A reference height of a curve.' })
      .nullable()
      .describe('A reference height to compare with; null if there is none.'),
  })
  .meta({ id: 'EvaluationCurve', description: 'A curve of an evaluation on held-out data.' });

const tableSchema = z
  .strictObject({
    name: z.string().describe('Name of the table.'),
    title: z.string().describe('Title for people.'),
    corner: z.string().describe('Heading of the rows.'),
    rows: z.array(z.string()).describe('Names of the rows.'),
    columns: z.array(z.string()).describe('Names of the columns.'),
    cells: z.array(z.array(z.number())).describe('Row by row.'),
  })
  .meta({ id: 'EvaluationTable', description: 'A table of counts of an evaluation on held-out data.' });

/** An evaluation on held-out data. */
export const evaluationSchema = z
  .strictObject({
    values: z
      .record(z.string(), z.number().nullable())
      .describe('Values by name, as the objective defines them; null if one is not finite.'),
    tables: z.array(tableSchema).describe('Tables of counts, as the objective defines them.'),
    curves: z.array(curveSchema).describe('Curves, as the objective defines them.'),
  })
  .meta({ id: 'Evaluation', description: 'An evaluation on held-out data, which no search uses.' });

/** The same, with the points of its curves only for requests that ask for them: they are most of its size. */
export const outlinedEvaluationSchema = evaluationSchema
  .extend({
    curves: z
      .array(
        curveSchema
          .extend({ points: curveSchema.shape.points.nullable().describe('As those of EvaluationCurve; null unless `curves=true`.') })
          .meta({ id: 'OutlinedCurve', description: 'A curve of an evaluation on held-out data, with or without its points.' }),
      )
      .describe('Curves, as the objective defines them.'),
  })
  .meta({ id: 'OutlinedEvaluation', description: 'An evaluation on held-out data, with or without the points of its curves.' });

/** The same without its curves. */
export const evaluationSummarySchema = evaluationSchema
  .omit({ curves: true })
  .meta({ id: 'EvaluationSummary', description: 'An evaluation on held-out data, without its curves.' });

/** Mean and range of a value. */
export const rangeSchema = z
  .strictObject({
    mean: z.number().describe('The mean.'),
    min: z.number().describe('The lowest value.'),
    max: z.number().describe('The highest value.'),
  })
  .meta({ id: 'Range', description: 'Mean, lowest and highest value over the measured repeats.' });

/** The ranges of all values, by name. */
export const rangesSchema = z.record(z.string(), rangeSchema.nullable().describe('null if any of the values is not finite.')).meta({
  id: 'EvaluationRanges',
  description: 'The range of each held-out value over the repeats: a single evaluation is one random draw.',
});

const evaluationValueSchema = z
  .strictObject({
    name: z.string().describe('Name of the value.'),
    label: z.string().describe('Short label for headings.'),
    text: z.string().describe('The meaning of the value.'),
    whole: z.boolean().describe('true if it is a count.'),
  })
  .meta({ id: 'EvaluationValue', description: 'A value of an evaluation on held-out data.' });

/** Description of an objective's evaluation on held-out data. */
export const evaluationDescriptionSchema = z
  .strictObject({
    data: z.string().describe('Name of the held-out data.'),
    headline: z.string().describe('Name of the most important value, which is shown where there is room for one.'),
    values: z.array(evaluationValueSchema).describe('In display order.'),
  })
  .meta({ id: 'EvaluationDescription', description: "Description of the objective's evaluation on held-out data." });

export type EvaluationRepresentation = z.output<typeof evaluationSchema>;
export type OutlinedEvaluationRepresentation = z.output<typeof outlinedEvaluationSchema>;
export type EvaluationSummaryRepresentation = z.output<typeof evaluationSummarySchema>;
export type RangeRepresentation = z.output<typeof rangeSchema>;
export type RangesRepresentation = z.output<typeof rangesSchema>;

/** Builds the representation of a stored evaluation. @param shaped transforms each curve first */
export function representEvaluation(
  objective: ObjectiveOptions,
  stored: Json | null,
  shaped: (curve: EvaluationCurve) => EvaluationCurve = (curve) => curve,
): EvaluationRepresentation | null {
  if (stored === null) return null;
  const { values, curves, tables } = presented(objective, stored);
  return { values: { ...values }, tables: tables.map(representTable), curves: curves.map((curve) => representCurve(shaped(curve))) };
}

/** Builds the representation of a stored evaluation, with the points of its curves or without. */
export function representOutlined(
  objective: ObjectiveOptions,
  stored: Json | null,
  withPoints: boolean,
): OutlinedEvaluationRepresentation | null {
  const shown = representEvaluation(objective, stored);
  return shown && { ...shown, curves: shown.curves.map((curve) => ({ ...curve, points: withPoints ? curve.points : null })) };
}

/** Builds the representation of a stored evaluation without its curves. */
export function representEvaluationSummary(objective: ObjectiveOptions, stored: Json | null): EvaluationSummaryRepresentation | null {
  const shown = representEvaluation(objective, stored);
  return shown && { values: shown.values, tables: shown.tables };
}

/** Describes an objective's evaluation on held-out data; null if it has none. */
export function representEvaluations(evaluations: Evaluations | null): z.output<typeof evaluationDescriptionSchema> | null {
  if (!evaluations) return null;
  const { data, headline, values } = evaluations;
  return { data, headline, values: values.map(({ name, label, text, whole }) => ({ name, label, text, whole })) };
}

/** Names of the values of an objective's evaluation that are counts. */
export function wholeValuesOf(objective: ObjectiveOptions): ReadonlySet<string> {
  const values = objectiveFor(objective).evaluations()?.values ?? [];
  return new Set(values.flatMap(({ name, whole }) => (whole ? [name] : [])));
}

/** Returns the ranges of the values of repeated evaluations; null if there are none. */
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
  invariant(evaluations, 'a stored evaluation belongs to an objective that has evaluations');
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
