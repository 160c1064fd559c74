import { z } from 'zod';
import { valuesSchema } from '../objectives/contract.ts';
import type { Json } from '../shared/digest.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { seedSchema } from '../studies/definition/lineage.ts';
import { anyStudyDocumentSchema } from '../studies/document/request.ts';
import { studyStateSchema, trialStateSchema } from '../studies/model/states.ts';
import { trialNumberSchema } from '../studies/model/trial.ts';
import { campaignOutcomeSchema, partKindSchema } from './campaign.ts';
import { resolvedCampaignSchema } from './spec.ts';

/** The format of the exports of campaigns. */
export const campaignFormat = 'clavier-campaign/1';

/** More parts than any campaign has. */
const mostParts = 100;

/** Names of parts: those of studies, and of the parts after the searches, are of this form. */
const exportedNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits and dashes, and must not start with a dash');

const exportedPartSchema = z
  .strictObject({
    kind: partKindSchema,
    name: exportedNameSchema.describe('Name of the part in the campaign.'),
    study: anyStudyDocumentSchema.describe('The export of its study, in the format of that study.'),
  })
  .meta({ id: 'ExportedPart', description: 'A part of an exported campaign.' });

const foundSchema = z
  .array(
    z
      .strictObject({ part: exportedNameSchema.describe('Name of the part.'), trial: trialNumberSchema.describe('Number of the trial.') })
      .meta({ id: 'ExportedFinding', description: 'A trial that found a configuration.' }),
  )
  .max(1000)
  .describe('The trials that found the configuration, best first.');

const configurationSchema = z.record(z.string().max(64), parameterValueSchema).describe('The configuration.');
const heldOutSchema = z.record(z.string(), z.unknown()).nullable().describe('The measurement on held-out data; null without one.');

const exportedWinnerSchema = z
  .strictObject({ parameters: configurationSchema, foundBy: foundSchema, value: z.number().describe('Value of the metric.') })
  .meta({ id: 'ExportedWinner', description: 'The winner of an exported campaign.' });

const exportedRepeatSchema = z
  .strictObject({
    repeat: z.int().min(1).describe('Number of the repeat, from 1.'),
    objectiveSeed: seedSchema.describe('Seed of its evaluation.'),
    state: trialStateSchema.describe('State of its trial; an open one is queued.'),
    validation: valuesSchema.nullable().describe('Values after the last step; null until it is completed.'),
    test: heldOutSchema,
  })
  .meta({ id: 'ExportedRepeat', description: 'A finalist evaluated again with another objective seed.' });

const exportedFinalistSchema = z
  .strictObject({
    parameters: configurationSchema,
    foundBy: foundSchema,
    winner: z.boolean().describe('true for the winner of the campaign.'),
    validation: z
      .strictObject({
        values: valuesSchema.optional().describe('Values of the trial that found it.'),
        metrics: valuesSchema.optional().describe('The same in exports of version 0.1.0.'),
        value: z.number().describe('Value of the metric.'),
      })
      .meta({ id: 'ExportedValidation', description: 'The result of the trial that found a finalist.' }),
    test: heldOutSchema,
    repeats: z.array(exportedRepeatSchema).max(50).describe('By number.'),
  })
  .meta({ id: 'ExportedFinalist', description: 'A configuration of an exported campaign that is evaluated on held-out data.' });

const derivedText = 'It follows from the parts, and an import compares it with them.';

/** An export of a campaign, as `exportCampaign` writes and `importCampaign` reads it. */
export const campaignDocumentSchema = z
  .strictObject({
    format: z.literal(campaignFormat).describe('Name and version of the format.'),
    spec: resolvedCampaignSchema.describe('The definition of the campaign with all defaults filled in.'),
    state: studyStateSchema.describe('The state of the campaign.'),
    outcome: campaignOutcomeSchema.nullable().describe('null until it ends.'),
    parts: z.array(exportedPartSchema).min(1).max(mostParts).describe('In the order in which the campaign added them.'),
    winner: exportedWinnerSchema.nullable().describe(`null until it is known. ${derivedText}`),
    finalists: z
      .array(exportedFinalistSchema)
      .max(1000)
      .describe(`The configurations that are evaluated, with their measurements, the winner first. ${derivedText}`),
  })
  .meta({ id: 'CampaignDocument', description: 'The export of a campaign.' });

/** Request body of an import of a campaign. */
export const campaignImportRequestSchema = z
  .strictObject({ document: campaignDocumentSchema })
  .meta({ id: 'CampaignImportRequest', description: 'The export of a campaign.' });

export type CampaignDocument = z.output<typeof campaignDocumentSchema>;

/** An export, and the document as the client sent it, whose parts' digests enter their event logs. */
export interface CampaignImport {
  readonly document: CampaignDocument;
  readonly sent: Json;
}
