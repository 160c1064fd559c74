import { z } from 'zod';
import { budgetChangeSchema } from '../studies/definition/budget-change.ts';
import { labelsSchema } from '../studies/definition/definition.ts';
import { changedFactsSchema } from '../studies/events/event.ts';

/** The body of POST /v1/studies/{studyId}/extend. */
export const extensionRequestSchema = z
  .strictObject({ budget: budgetChangeSchema })
  .meta({ id: 'ExtensionRequest', description: 'The limits that are raised.' });
export type ExtensionRequest = z.input<typeof extensionRequestSchema>;

const { parallelism, priority, labels } = changedFactsSchema.shape;

/** The body of PATCH /v1/studies/{studyId}. */
export const changeRequestSchema = z
  .strictObject({
    labels: labels.describe('Your own labels: names and texts. They replace all that the study has.'),
    priority,
    parallelism: parallelism.describe(
      'Limit on open trials from the next step of the search on. Trials that are open already stay. Refused where it shapes the search: under the deterministic schedule, for a sampler that learns from the history and for a study with a pruner, unless it searches in generations.',
    ),
  })
  .meta({ id: 'ChangeRequest', description: 'The values that change; the others stay.' });
export type ChangeRequest = z.input<typeof changeRequestSchema>;

/** The body of PATCH /v1/campaigns/{campaignId}. */
export const campaignChangeRequestSchema = z
  .strictObject({
    labels: labelsSchema.optional().describe('Your own labels: names and texts. They replace all that the campaign has.'),
  })
  .meta({ id: 'CampaignChangeRequest', description: 'The values that change.' });
export type CampaignChangeRequest = z.input<typeof campaignChangeRequestSchema>;
