import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { testEvaluationSchema } from '../../objectives/text-classifier/test-evaluation.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { resolvedSpecSchema } from '../definition/definition.ts';
import { trialErrorCodes } from '../model/failure.ts';
import { studyStateSchema } from '../model/states.ts';
import { outcomeReasons } from '../model/study.ts';
import { provenanceSchema } from './provenance.ts';

/** What an export calls itself; another format has another number. */
export const studyFormat = 'clavier-study/1';

/** More than any study has: a number above it is a mistake. */
const mostTrials = 10_000_000;
const trialNumber = z.int().min(0).max(mostTrials);

const seenSchema = z
  .strictObject({ before: trialNumber, except: z.array(trialNumber).max(1000) })
  .describe('Which results its suggestion saw: trials 0 to `before` - 1 but those of `except`.');

const suggestionFields = {
  number: trialNumber.describe('From 0, in the order of suggestion.'),
  generation: z.int().min(0).nullable(),
  parameters: z.record(z.string().max(64), parameterValueSchema),
  origin: z.record(z.string(), z.unknown()).describe("Where the suggestion came from, in the sampler's own words."),
  seen: seenSchema.optional(),
};

const exportedTrialSchema = z
  .strictObject({
    ...suggestionFields,
    state: z.enum(['completed', 'pruned', 'failed']),
    value: z.number().nullable().describe('The metric of the study; null where it is not finite, and for failed trials.'),
    metrics: valuesSchema.nullable().describe('Every value measured at its last step, by name.'),
    diverged: z.boolean(),
    evaluation: testEvaluationSchema.optional().describe('Where it was measured on the test split.'),
    error: z
      .strictObject({ code: z.enum(trialErrorCodes) })
      .nullable()
      .describe('Of a failed trial.'),
  })
  .meta({ id: 'ExportedTrial', description: 'A final trial that counts.' });

const unfinishedTrialSchema = z
  .strictObject(suggestionFields)
  .meta({ id: 'UnfinishedTrial', description: 'A trial without a result, which later suggestions knew of.' });

const exportedCheckpointSchema = z
  .strictObject({
    sequence: z.int().min(0),
    generation: z.int().min(0).nullable().describe('The generation it closed.'),
    trials: trialNumber.describe('Trials folded into it.'),
    state: z.unknown().describe("The sampler's state."),
    digest: z.string().max(64).describe('SHA-256 over the canonical text of the state.'),
  })
  .meta({ id: 'ExportedCheckpoint' });

const exportedOutcomeSchema = z
  .strictObject({
    reason: z.enum(outcomeReasons),
    detail: z.string().max(10_000),
    lastTrial: trialNumber.nullable().describe('The last trial that counts; null: all.'),
  })
  .meta({ id: 'ExportedOutcome' });

/** An export of a study: what `exportStudy` writes and `importStudy` reads. */
export const studyDocumentSchema = z
  .strictObject({
    format: z.literal(studyFormat),
    spec: resolvedSpecSchema,
    state: studyStateSchema,
    outcome: exportedOutcomeSchema.nullable(),
    samplerVersion: z.int().min(1),
    trainerVersion: z.int().min(1).optional().describe('Absent: 1.'),
    folded: trialNumber
      .optional()
      .describe('Trials that the search had taken in. Absent where that follows from the results: for studies that ended by them.'),
    trials: z.array(exportedTrialSchema).max(mostTrials).describe('In order of number.'),
    unfinished: z
      .array(unfinishedTrialSchema)
      .max(mostTrials)
      .optional()
      .describe('Of the schedule asap: trials that were open, or were cancelled, in order of number.'),
    checkpoints: z.array(exportedCheckpointSchema).max(mostTrials).describe('The study checkpoints in order.'),
    provenance: provenanceSchema.optional(),
  })
  .meta({ id: 'StudyDocument', description: 'The export of a study.' });

export type StudyDocument = z.output<typeof studyDocumentSchema>;
export type ExportedTrial = StudyDocument['trials'][number];
export type UnfinishedTrial = NonNullable<StudyDocument['unfinished']>[number];
export type ExportedCheckpoint = StudyDocument['checkpoints'][number];
