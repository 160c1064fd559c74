import { z } from 'zod';
import { valuesSchema } from '../objectives/contract.ts';
import type { ObjectiveOptions } from '../objectives/table.ts';
import type { Json } from '../shared/digest.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { trialErrorSchema } from '../studies/model/failure.ts';
import { trialStateSchema } from '../studies/model/states.ts';
import type { Measurement, Trial, TrialIncident } from '../studies/model/trial.ts';
import { incidentSchema, measurementSchema, reuseKinds, seenTrialsSchema, trialSources } from '../studies/model/trial.ts';
import { evaluationSchema, representEvaluation } from './evaluation.ts';
import { moment, pageOf } from './page.ts';

const fields = {
  id: z.uuid(),
  studyId: z.uuid(),
  number: z.int().min(0).describe('From 0, in the order of suggestion.'),
  generation: z.int().min(0).nullable().describe('null where the sampler has no generations.'),
  state: trialStateSchema,
  parameters: z.record(z.string(), parameterValueSchema).describe('The values of this trial, by parameter name.'),
  origin: z
    .record(z.string(), z.unknown())
    .describe('Where the suggestion came from, in the words of the sampler: parents, cut, flipped bits …'),
  value: z.number().nullable().describe("The study's metric; null until it is known, where it is not finite, and for failed trials."),
  values: valuesSchema.nullable().describe('Every value measured at its last step, by name; null before that.'),
  diverged: z.boolean().describe('The loss was not finite: the training stopped there.'),
  stepsDone: z.int().min(0).describe('Whole steps of its result so far, trained for it or read: these are charged.'),
  stepsTrained: z.int().min(0).describe('Steps that were trained for it; one that was trained again after a death counts once more.'),
  attempts: z.int().min(0).describe('How often a runner took it.'),
  failures: z.int().min(0).describe('Attempts that failed by themselves.'),
  source: z
    .enum(trialSources)
    .describe(
      'trained: at least one step was trained for this trial. reused: all were read from another trial. imported: it came with a document.',
    ),
  reuse: z
    .enum(reuseKinds)
    .nullable()
    .describe('Of a reused result: it was read from an evaluation that asked for as many steps (equal), or for more (longer).'),
  seen: seenTrialsSchema.nullable().describe('What its suggestion saw, under the asynchronous schedule; null where the schedule fixes it.'),
  error: trialErrorSchema.nullable(),
  queuedAt: moment('When it was suggested.'),
  startedAt: moment('When a runner first took it.').nullable(),
  finishedAt: moment('When it came to its last state.').nullable(),
};

/** A trial in lists. */
export const trialSchema = z.strictObject(fields).meta({ id: 'Trial', description: 'One evaluation of one configuration.' });

/** A trial with its place among the finished ones. */
export const rankedTrialSchema = z
  .strictObject({ rank: z.int().min(1), ...fields })
  .meta({ id: 'RankedTrial', description: 'A trial and its rank, 1 being the best.' });

const storedMeasurementSchema = measurementSchema
  .extend({ recordedAt: moment('When it was stored.') })
  .meta({ id: 'Measurement', description: 'Values measured at a step.' });

/** A trial with what was measured after each step. */
export const trialDetailSchema = z
  .strictObject({
    ...fields,
    measurements: z.array(storedMeasurementSchema).describe('One for each step, in order.'),
    incidents: z.array(incidentSchema).describe('Checkpoints that could not be written or read, and a late result.'),
    evaluation: evaluationSchema.nullable().describe('On held-out data; null where it was not measured.'),
  })
  .meta({ id: 'TrialDetail', description: 'A trial with what was measured after each of its steps, and on held-out data.' });

export const trialPageSchema = pageOf('TrialPage', trialSchema);
export const leaderboardSchema = z.strictObject({ items: z.array(rankedTrialSchema) }).meta({
  id: 'Leaderboard',
  description: 'The best completed trials, best first; equal values in order of number, values that are not finite last.',
});

export type TrialRepresentation = z.output<typeof trialSchema>;
export type RankedTrialRepresentation = z.output<typeof rankedTrialSchema>;
export type TrialDetailRepresentation = z.output<typeof trialDetailSchema>;

/** A trial as the API shows it. */
export function representTrial(trial: Trial): TrialRepresentation {
  return {
    ...trial,
    queuedAt: trial.queuedAt.toISOString(),
    startedAt: trial.startedAt?.toISOString() ?? null,
    finishedAt: trial.finishedAt?.toISOString() ?? null,
  };
}

/** Trials in order of rank. */
export function representLeaderboard(trials: readonly Trial[]): z.output<typeof leaderboardSchema> {
  return { items: trials.map((trial, index) => ({ rank: index + 1, ...representTrial(trial) })) };
}

/** A trial with its measurements, and its evaluation where there is one. */
export function representTrialDetail(
  trial: Trial,
  measurements: readonly Measurement[],
  { objective, evaluation }: { readonly objective: ObjectiveOptions; readonly evaluation: Json | null },
  incidents: readonly TrialIncident[],
): TrialDetailRepresentation {
  const shown = measurements.map(({ step, values, recordedAt }) => ({ step, values, recordedAt: recordedAt.toISOString() }));
  return {
    ...representTrial(trial),
    measurements: shown,
    incidents: incidents.map(({ kind, step, detail }) => ({ kind, step, detail })),
    evaluation: representEvaluation(objective, evaluation),
  };
}
