import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { changesSchema } from '../definition/changes.ts';
import { resolvedSpecSchema } from '../definition/definition.ts';
import { trialErrorCodeSchema } from '../model/failure.ts';
import { studyStateSchema } from '../model/states.ts';
import { outcomeSchema } from '../model/study.ts';
import { givenKindSchema, mostTrials, seenTrialsSchema, trialNumberSchema } from '../model/trial.ts';
import { judgementSchema } from '../pruning/judgement.ts';
import { provenanceSchema } from './provenance.ts';

/** The format of the exports of studies whose definition is stored in version 2; see `version-1.ts` for older ones. */
export const studyFormat = 'clavier-study/2';

export const suggestionFields = {
  number: trialNumberSchema.describe('From 0, in the order in which trials were suggested and given.'),
  generation: z.int().min(0).nullable().describe('The generation that it belongs to; null if the sampler has none.'),
  parameters: z.record(z.string().max(64), parameterValueSchema).describe('Values by parameter name.'),
  origin: z.record(z.string(), z.unknown()).describe('Origin of the suggestion, in the terms of the sampler.'),
  given: givenKindSchema.optional().describe('How a client gave it; absent if the sampler suggested it.'),
  seen: seenTrialsSchema.optional().describe('The results that its suggestion used, under the asynchronous schedule.'),
};

export const resultFields = {
  state: describedEnum(['completed', 'pruned', 'failed'], {
    completed: 'it has a result.',
    pruned: 'it was stopped early, because it was not promising.',
    failed: 'no attempt gave a result; its error says why.',
  }),
  value: z.number().nullable().describe('Value of the metric; null if it is not finite, and for failed trials.'),
  diverged: z.boolean().describe('true if the evaluation stopped because the loss was not finite.'),
  evaluation: z.record(z.string(), z.unknown()).optional().describe('The evaluation on held-out data, if there is one.'),
  error: z
    .strictObject({ code: trialErrorCodeSchema })
    .meta({ id: 'ExportedError', description: 'The error of a failed trial.' })
    .nullable()
    .describe('Error of a failed trial.'),
};

const exportedTrialSchema = z
  .strictObject({
    ...suggestionFields,
    ...resultFields,
    values: valuesSchema.nullable().describe('All values measured at the last step, by name.'),
    judgements: z
      .array(judgementSchema)
      .min(1)
      .max(mostTrials)
      .optional()
      .describe('The decisions of the pruner about it, by step. A stopped trial ended with the last one. Absent if there are none.'),
  })
  .meta({ id: 'ExportedTrial', description: 'A final trial that counts.' });

const unfinishedTrialSchema = z
  .strictObject(suggestionFields)
  .meta({ id: 'UnfinishedTrial', description: 'A trial without a result that later suggestions knew of.' });

const exportedCheckpointSchema = z
  .strictObject({
    sequence: z.int().min(0).describe('From 0, which is the state before the first trial.'),
    generation: z.int().min(0).nullable().describe('The generation that it completed.'),
    trials: trialNumberSchema.describe('Number of trials observed before it.'),
    state: z.unknown().describe("The sampler's state."),
    digest: z.string().max(64).describe('SHA-256 over the canonical text of the state.'),
  })
  .meta({ id: 'ExportedCheckpoint', description: 'A stored state of the sampler.' });

const otherProvenanceSchema = z
  .looseObject({ clavier: z.string().describe('Version of Clavier that wrote the export.') })
  .meta({ id: 'OtherProvenance', description: 'The origin of the results, in the terms of another version.' });

/** Members that documents of every format share. */
export const documentFields = {
  state: studyStateSchema,
  outcome: outcomeSchema.nullable().describe('null if it had not ended.'),
  changes: changesSchema
    .optional()
    .describe(
      'Absent if nothing was changed. `spec` has the values that the study was created with; the search, its end and the results follow from these.',
    ),
  samplerVersion: z.int().min(1).describe("Version of the sampler's code that the study uses."),
  unfinished: z
    .array(unfinishedTrialSchema)
    .max(mostTrials)
    .optional()
    .describe(
      'Trials that were open or cancelled and follow from nothing else, by ascending number: given ones, and all of the asynchronous schedule.',
    ),
  checkpoints: z.array(exportedCheckpointSchema).max(mostTrials).describe('The study checkpoints in order.'),
  provenance: z
    .union([provenanceSchema, otherProvenanceSchema])
    .optional()
    .describe('Origin of the results. An import uses nothing of it but `forkedFrom`, so other versions may write other contents.'),
};

export const observedSchema = trialNumberSchema
  .optional()
  .describe('Number of trials that the search had observed. Absent for studies that ended by their results, from which it follows.');

/** An export of a study, as `exportStudy` writes and `importStudy` reads it. */
export const studyDocumentSchema = z
  .strictObject({
    format: z.literal(studyFormat).describe('The format of the document.'),
    spec: resolvedSpecSchema,
    ...documentFields,
    objectiveVersion: z.int().min(1).describe("Version of the objective's code that the study uses."),
    observed: observedSchema,
    trials: z.array(exportedTrialSchema).max(mostTrials).describe('In order of number.'),
  })
  .meta({ id: 'StudyDocument', description: 'The export of a study.' });

export type StudyDocument = z.output<typeof studyDocumentSchema>;
export type ExportedTrial = StudyDocument['trials'][number];
export type UnfinishedTrial = NonNullable<StudyDocument['unfinished']>[number];
export type ExportedCheckpoint = StudyDocument['checkpoints'][number];
