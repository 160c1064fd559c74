import { z } from 'zod';
import type { RepeatStanding, Standing, Standings } from '../campaigns/standings.ts';
import { valuesSchema } from '../objectives/contract.ts';
import type { ObjectiveOptions } from '../objectives/table.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { trialStateSchema } from '../studies/model/states.ts';
import {
  evaluationSummarySchema,
  outlinedEvaluationSchema,
  rangesOf,
  rangesSchema,
  representEvaluationSummary,
  representOutlined,
} from './evaluation.ts';
import { representTestViolation, representViolation, testViolationField, violationField } from './trial.ts';

const repeatSchema = z
  .strictObject({
    repeat: z.int().min(1).describe('From 1.'),
    objectiveSeed: z.int().min(0).describe('Seed of this evaluation.'),
    trialId: z.uuid().describe('Id of the trial; see /v1/trials/{trialId}.'),
    state: trialStateSchema,
    validation: valuesSchema.nullable().describe('The values at its last step; null until it is completed.'),
    violation: violationField,
    test: evaluationSummarySchema.nullable().describe('null until it is measured, or if the measurement failed.'),
  })
  .meta({ id: 'Repeat', description: 'A configuration evaluated again with another objective seed.' });

/** A part that found a configuration. */
export const discoverySchema = z
  .strictObject({
    part: z.string().describe('Name of the part.'),
    trial: z.int().min(0).describe('Number of the trial in that part.'),
  })
  .meta({ id: 'Discovery', description: 'A part of a campaign that found a configuration, and its trial.' });

const fields = {
  parameters: z.record(z.string(), parameterValueSchema).describe('The configuration.'),
  foundBy: z.array(discoverySchema).describe('Parts and trial numbers that found the configuration, best first.'),
  trialId: z.uuid().describe('Id of the first trial in foundBy; see /v1/trials/{trialId}.'),
  value: z.number().describe('Value of the metric of the campaign, which alone determines the rank.'),
  validation: valuesSchema,
  violation: violationField.describe(
    'Distance of the trial from the limits of the campaign (`constraints`): 0, because a finalist keeps all of them, on the data that it was found on. Its repeats and its trial in the part `test` may not; if no trial of a final on other data has a result, the winner keeps the limits on the data of the searches alone. Absent without constraints.',
  ),
};
const repeatsField = z
  .strictObject({
    planned: z.int().min(0).describe('Number of repeats in the definition.'),
    measured: z.int().min(0).describe('Number of repeats that are measured on held-out data.'),
    ranges: rangesSchema.nullable().describe('null until one is measured.'),
    items: z.array(repeatSchema).describe('In order of number.'),
  })
  .meta({ id: 'Repeats', description: 'The configuration evaluated again with other objective seeds.' });

const testField = outlinedEvaluationSchema
  .nullable()
  .describe(
    'The result of the configuration on held-out data, evaluated like the final (or like the search if there is no final) with the objective seed of the campaign; null until it is measured, or if the measurement failed.',
  );

/** The winner of a campaign. */
export const winnerSchema = z
  .strictObject({
    ...fields,
    test: testField,
    testViolation: testViolationField,
    repeats: repeatsField,
  })
  .meta({ id: 'Winner', description: 'The best configuration of a campaign by its metric, and its measurement on held-out data.' });

const finalistSchema = z
  .strictObject({
    winner: z.boolean().describe('true for the winner of the campaign.'),
    ...fields,
    test: testField,
    testViolation: testViolationField,
    repeats: repeatsField,
  })
  .meta({ id: 'Finalist', description: 'A configuration that a campaign evaluates on held-out data.' });

export const finalistListSchema = z.strictObject({ items: z.array(finalistSchema).describe('The finalists, the winner first.') }).meta({
  id: 'FinalistList',
  description: 'The configurations that a campaign evaluates on held-out data, the winner first; empty until they are known.',
});

export type WinnerRepresentation = z.output<typeof winnerSchema>;
export type FinalistRepresentation = z.output<typeof finalistSchema>;

/** The parts of a campaign's definition that its evaluations depend on. */
export interface EvaluatedCampaign {
  readonly objective: ObjectiveOptions;
  readonly evaluation: { readonly repeats: number };
}

/** @param withPoints includes the points of the curves */
export function representWinner(winner: Standing, campaign: EvaluatedCampaign, withPoints: boolean): WinnerRepresentation {
  const test = representOutlined(campaign.objective, winner.test, withPoints);
  return { ...representFound(winner), test, ...representTestViolation(winner), repeats: representRepeats(winner.repeats, campaign) };
}

/** The finalists in the order of their evaluation. @param withPoints includes the points of the curves */
export function representFinalists(
  { finalists }: Standings,
  campaign: EvaluatedCampaign,
  withPoints: boolean,
): z.output<typeof finalistListSchema> {
  return {
    items: finalists.map((finalist) => ({
      winner: finalist.winner,
      ...representFound(finalist),
      test: representOutlined(campaign.objective, finalist.test, withPoints),
      ...representTestViolation(finalist),
      repeats: representRepeats(finalist.repeats, campaign),
    })),
  };
}

function representFound(standing: Standing) {
  const { parameters, foundBy, trialId, validation } = standing;
  const found = foundBy.map(({ part, trial }) => ({ part, trial }));
  return { parameters, foundBy: found, trialId, value: validation.value, validation: validation.values, ...representViolation(standing) };
}

function representRepeats(repeats: readonly RepeatStanding[], { objective, evaluation }: EvaluatedCampaign): z.output<typeof repeatsField> {
  const items = repeats.map((repeat) => ({
    ...repeat,
    ...representViolation(repeat),
    test: representEvaluationSummary(objective, repeat.test),
  }));
  const measured = items.flatMap(({ test }) => (test === null ? [] : [test]));
  return { planned: evaluation.repeats, measured: measured.length, ranges: rangesOf(measured), items };
}
