import { z } from 'zod';
import type { RepeatStanding, Standing, Standings } from '../campaigns/standings.ts';
import { valuesSchema } from '../objectives/contract.ts';
import { type TestEvaluation, testEvaluationSchema } from '../objectives/text-classifier/test-evaluation.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { trialStateSchema } from '../studies/model/states.ts';

export const testMetricsSchema = testEvaluationSchema
  .omit({ curve: true })
  .meta({ id: 'TestMetrics', description: 'A model measured on the test split, without its precision-recall curve.' });

export const rangeSchema = z
  .strictObject({ mean: z.number(), min: z.number(), max: z.number() })
  .meta({ id: 'Range', description: 'Mean, lowest and highest value over the repeats that are measured.' });

export const rangesSchema = z
  .strictObject({
    loss: rangeSchema.nullable().describe('null where the loss of any of them is not finite.'),
    accuracy: rangeSchema,
    aucPr: rangeSchema,
    aucPrTrapezoid: rangeSchema,
    aucRoc: rangeSchema,
    precision: rangeSchema,
    recall: rangeSchema,
    f1: rangeSchema,
  })
  .meta({ id: 'TestRanges', description: 'Each metric of the test split over the repeats: one training is one draw.' });

const repeatSchema = z
  .strictObject({
    repeat: z.int().min(1).describe('From 1.'),
    objectiveSeed: z.int().min(0).describe('Seed of this training.'),
    trialId: z.uuid().describe('The trial; /v1/trials/{trialId} has all of it.'),
    state: trialStateSchema,
    validation: valuesSchema.nullable().describe('After its last step; null until it is completed.'),
    test: testMetricsSchema.nullable().describe('null until it is measured, or where that failed.'),
  })
  .meta({ id: 'Repeat', description: 'A configuration trained again with another objective seed.' });

const fields = {
  parameters: z.record(z.string(), parameterValueSchema).describe('The configuration.'),
  foundBy: z
    .array(z.strictObject({ part: z.string(), trial: z.int().min(0).describe('Number of the trial in that part.') }))
    .describe('Parts of the campaign that found it, and with which trial, best first.'),
  trialId: z.uuid().describe('The trial that foundBy names first; /v1/trials/{trialId} has all of it.'),
  value: z.number().describe('The metric of the campaign on the validation split, which alone ranks.'),
  validation: valuesSchema,
};
const repeatsField = z
  .strictObject({
    planned: z.int().min(0).describe('How many the campaign asks for.'),
    measured: z.int().min(0).describe('How many are measured on the test split.'),
    ranges: rangesSchema.nullable().describe('null while none is measured.'),
    items: z.array(repeatSchema).describe('By number, as they are added.'),
  })
  .meta({ id: 'Repeats', description: 'What the configuration comes to with other objective seeds.' });

/** The winner of a campaign. */
export const winnerSchema = z
  .strictObject({
    ...fields,
    test: testEvaluationSchema
      .nullable()
      .describe(
        'The configuration on the test split, trained with the objective seed of the campaign, on as many texts as the final (the search, where there is none); null until it is measured, or where that failed.',
      ),
    repeats: repeatsField,
  })
  .meta({ id: 'Winner', description: 'The best configuration of a campaign by validation, and what it is worth on the test split.' });

const finalistSchema = z
  .strictObject({
    winner: z.boolean().describe('It is the winner of the campaign.'),
    ...fields,
    test: testMetricsSchema
      .nullable()
      .describe(
        'The configuration on the test split, trained with the objective seed of the campaign, on as many texts as the final (the search, where there is none); null until it is measured, or where that failed.',
      ),
    repeats: repeatsField,
  })
  .meta({ id: 'Finalist', description: 'A configuration that a campaign evaluates on the test split.' });

export const finalistListSchema = z.strictObject({ items: z.array(finalistSchema) }).meta({
  id: 'FinalistList',
  description: 'The configurations that a campaign evaluates on the test split, the winner first; empty until they are known.',
});

export type WinnerRepresentation = z.output<typeof winnerSchema>;
export type FinalistRepresentation = z.output<typeof finalistSchema>;

/** A winner as the API shows it. @param planned repeats that the campaign asks for */
export function representWinner(winner: Standing, planned: number): WinnerRepresentation {
  return { ...representFound(winner), test: winner.test, repeats: representRepeats(winner.repeats, planned) };
}

/** Finalists in the order of their evaluation. @param planned repeats that the campaign asks for */
export function representFinalists({ finalists }: Standings, planned: number): z.output<typeof finalistListSchema> {
  return {
    items: finalists.map((finalist) => ({
      winner: finalist.winner,
      ...representFound(finalist),
      test: withoutCurve(finalist.test),
      repeats: representRepeats(finalist.repeats, planned),
    })),
  };
}

function representFound({ parameters, foundBy, trialId, validation: { values, value } }: Standing) {
  return { parameters, foundBy: foundBy.map(({ part, trial }) => ({ part, trial })), trialId, value, validation: values };
}

function representRepeats(repeats: readonly RepeatStanding[], planned: number): z.output<typeof repeatsField> {
  const measured = repeats.flatMap(({ test }) => (test === null ? [] : [test]));
  const items = repeats.map((repeat) => ({ ...repeat, test: withoutCurve(repeat.test) }));
  return { planned, measured: measured.length, ranges: rangesOf(measured), items };
}

function withoutCurve(test: TestEvaluation | null): z.output<typeof testMetricsSchema> | null {
  if (test === null) return null;
  const { curve: _curve, ...metrics } = test;
  return metrics;
}

/** The ranges over measured repeats; null where there are none. */
export function rangesOf(measured: readonly TestEvaluation[]): z.output<typeof rangesSchema> | null {
  if (measured.length === 0) return null;
  const losses = measured.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  const range = (metric: Exclude<keyof z.output<typeof rangesSchema>, 'loss'>) => rangeOf(measured.map((test) => test[metric]));
  return {
    loss: losses.length < measured.length ? null : rangeOf(losses),
    accuracy: range('accuracy'),
    aucPr: range('aucPr'),
    aucPrTrapezoid: range('aucPrTrapezoid'),
    aucRoc: range('aucRoc'),
    precision: range('precision'),
    recall: range('recall'),
    f1: range('f1'),
  };
}

/** @param values at least one */
function rangeOf(values: readonly number[]): z.output<typeof rangeSchema> {
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, min: Math.min(...values), max: Math.max(...values) };
}
