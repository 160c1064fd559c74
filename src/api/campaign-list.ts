import { z } from 'zod';
import { type CampaignSummary, campaignOutcomeReasons, campaignOutcomeSchema } from '../campaigns/campaign.ts';
import { resolvedMetricSchema } from '../studies/definition/definition.ts';
import { campaignHead, campaignTimes, representCampaignHead, representCampaignTimes } from './campaign.ts';
import { pageOf } from './page.ts';
import { progressSchema } from './study.ts';
import { listedBestSchema, representBest, representListedProgress } from './study-list.ts';

const campaignOutcomeSummarySchema = campaignOutcomeSchema
  .extend({ reason: z.string().describe(`${campaignOutcomeReasons.join(', ')}; a newer release may have others.`) })
  .meta({ id: 'CampaignOutcomeSummary', description: 'The reason for which a campaign in a list ended.' });

const campaignProgressSchema = progressSchema
  .extend({
    planned: progressSchema.shape.planned.describe(
      'Largest number of trials that all parts together can have, those to come included; null if only time or a target value ends a search.',
    ),
  })
  .meta({ id: 'CampaignProgress', description: 'Sums over the parts of a campaign so far. A progress bar shows `finished` of `planned`.' });

const campaignSummarySchema = z
  .strictObject({
    ...campaignHead,
    outcome: campaignOutcomeSummarySchema.nullable().describe('null until it ends.'),
    labels: z.record(z.string(), z.string()).describe('Its labels.'),
    metric: resolvedMetricSchema.nullable().describe('The metric that it optimises; null if only a newer release can read it.'),
    studies: z.array(z.string()).describe('Names of the searches that it compares.'),
    progress: campaignProgressSchema,
    best: listedBestSchema
      .nullable()
      .describe(
        'The best completed trial of the searches and the final; of the final alone once it has one, if it uses other data. null if none has a value that ranks.',
      ),
    ...campaignTimes,
  })
  .meta({ id: 'CampaignSummary', description: 'A campaign in a list.' });

export const campaignPageSchema = pageOf('CampaignPage', campaignSummarySchema);

export type CampaignSummaryRepresentation = z.output<typeof campaignSummarySchema>;

/** Builds the representation of a campaign in a list. */
export function representCampaignSummary(campaign: CampaignSummary): CampaignSummaryRepresentation {
  const { outcome, labels, metric, studies, best } = campaign;
  return {
    ...representCampaignHead(campaign),
    outcome,
    labels: { ...labels },
    metric,
    studies: [...studies],
    progress: representListedProgress(campaign),
    best: best && representBest(best),
    ...representCampaignTimes(campaign),
  };
}
