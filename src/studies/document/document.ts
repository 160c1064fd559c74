import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { resolvedSpecSchema } from '../definition/definition.ts';
import { trialErrorCodes } from '../model/failure.ts';
import { studyStateSchema } from '../model/states.ts';
import { outcomeSchema } from '../model/study.ts';
import { mostTrials, seenTrialsSchema, trialNumberSchema } from '../model/trial.ts';
import { provenanceSchema } from './provenance.ts';

/** The format of the exports of studies whose definition is stored in version 2; see `version-1.ts` for older ones. */
export const studyFormat = 'clavier-study/2';

export const suggestionFields = {
  number: trialNumberSchema.describe('From 0, in the order of suggestion.'),
  generation: z.int().min(0).nullable(),
  parameters: z.record(z.string().max(64), parameterValueSchema),
  origin: z.record(z.string(), z.unknown()).describe('Origin of the suggestion, in the terms of the sampler.'),
  seen: seenTrialsSchema.optional(),
};

export const resultFields = {
  state: z.enum(['completed', 'pruned', 'failed']),
  value: z.number().nullable().describe('Value of the metric; null if it is not finite, and for failed trials.'),
  diverged: z.boolean(),
  evaluation: z.record(z.string(), z.unknown()).optional().describe('The evaluation on held-out data, if there is one.'),
  error: z
    .strictObject({ code: z.enum(trialErrorCodes) })
    .nullable()
    .describe('Error of a failed trial.'),
};

const exportedTrialSchema = z
  .strictObject({
    ...suggestionFields,
    ...resultFields,
    values: valuesSchema.nullable().describe('All values measured at the last step, by name.'),
  })
  .meta({ id: 'ExportedTrial', description: 'A final trial that counts.' });

const unfinishedTrialSchema = z
  .strictObject(suggestionFields)
  .meta({ id: 'UnfinishedTrial', description: 'A trial without a result that later suggestions knew of.' });

const exportedCheckpointSchema = z
  .strictObject({
    sequence: z.int().min(0),
    generation: z.int().min(0).nullable().describe('The generation that it completed.'),
    trials: trialNumberSchema.describe('Number of trials observed before it.'),
    state: z.unknown().describe("The sampler's state."),
    digest: z.string().max(64).describe('SHA-256 over the canonical text of the state.'),
  })
  .meta({ id: 'ExportedCheckpoint' });

/** Members that documents of every format share. */
export const documentFields = {
  state: studyStateSchema,
  outcome: outcomeSchema.nullable(),
  samplerVersion: z.int().min(1),
  unfinished: z
    .array(unfinishedTrialSchema)
    .max(mostTrials)
    .optional()
    .describe('For the asynchronous schedule: trials that were open or cancelled, by ascending number.'),
  checkpoints: z.array(exportedCheckpointSchema).max(mostTrials).describe('The study checkpoints in order.'),
  provenance: z
    .union([provenanceSchema, z.looseObject({ clavier: z.string() })])
    .optional()
    .describe('Origin of the results. An import ignores it, so other versions may write other contents.'),
};

export const observedSchema = trialNumberSchema
  .optional()
  .describe('Number of trials that the search had observed. Absent for studies that ended by their results, from which it follows.');

/** An export of a study, as `exportStudy` writes and `importStudy` reads it. */
export const studyDocumentSchema = z
  .strictObject({
    format: z.literal(studyFormat),
    spec: resolvedSpecSchema,
    ...documentFields,
    objectiveVersion: z.int().min(1),
    observed: observedSchema,
    trials: z.array(exportedTrialSchema).max(mostTrials).describe('In order of number.'),
  })
  .meta({ id: 'StudyDocument', description: 'The export of a study.' });

export type StudyDocument = z.output<typeof studyDocumentSchema>;
export type ExportedTrial = StudyDocument['trials'][number];
export type UnfinishedTrial = NonNullable<StudyDocument['unfinished']>[number];
export type ExportedCheckpoint = StudyDocument['checkpoints'][number];
