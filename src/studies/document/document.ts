import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { resolvedSpecSchema } from '../definition/definition.ts';
import { trialErrorSchema } from '../model/failure.ts';
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
  origin: z.record(z.string(), z.unknown()).describe("Where the suggestion came from, in the sampler's own words."),
  seen: seenTrialsSchema.optional(),
};

export const resultFields = {
  state: z.enum(['completed', 'pruned', 'failed']),
  value: z.number().nullable().describe('The metric of the study; null where it is not finite, and for failed trials.'),
  diverged: z.boolean(),
  evaluation: z.record(z.string(), z.unknown()).optional().describe('Where it was measured on held-out data.'),
  error: trialErrorSchema.pick({ code: true }).nullable().describe('Of a failed trial.'),
};

const exportedTrialSchema = z
  .strictObject({
    ...suggestionFields,
    ...resultFields,
    values: valuesSchema.nullable().describe('Every value measured at its last step, by name.'),
  })
  .meta({ id: 'ExportedTrial', description: 'A final trial that counts.' });

const unfinishedTrialSchema = z
  .strictObject(suggestionFields)
  .meta({ id: 'UnfinishedTrial', description: 'A trial without a result, which later suggestions knew of.' });

const exportedCheckpointSchema = z
  .strictObject({
    sequence: z.int().min(0),
    generation: z.int().min(0).nullable().describe('The generation it closed.'),
    trials: trialNumberSchema.describe('Trials observed before it.'),
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
    .describe('Of the asynchronous schedule: trials that were open, or were cancelled, in order of number.'),
  checkpoints: z.array(exportedCheckpointSchema).max(mostTrials).describe('The study checkpoints in order.'),
  provenance: z
    .union([provenanceSchema, z.looseObject({ clavier: z.string() })])
    .optional()
    .describe('Origin of the results. An import reads nothing of it, so that other versions may say other things.'),
};

export const observedSchema = trialNumberSchema
  .optional()
  .describe('Trials that the search had observed. Absent where that follows from the results: for studies that ended by them.');

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
