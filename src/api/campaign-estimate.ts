import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignEstimate } from '../campaigns/estimate.ts';
import { effortFields } from './effort.ts';

const totalSchema = z.strictObject(effortFields).meta({
  id: 'Effort',
  description: 'null if only time or a target value ends it, or if the objective has no estimate of processor time and disk.',
});

const partSchema = z
  .strictObject({ name: z.string().describe('Name of the part in the campaign.'), kind: partKindSchema, ...effortFields })
  .meta({
    id: 'PartEstimate',
    description:
      'Estimate for a part of a campaign; null if only time or a target value ends it, or if the objective has no estimate of processor time and disk.',
  });

/** The estimated cost of a campaign before it is created. */
export const campaignEstimateSchema: z.ZodType<CampaignEstimate> = z
  .strictObject({
    parts: z.array(partSchema).describe('In the order in which the campaign adds them.'),
    total: totalSchema,
    assumes: z.string().describe('The assumptions, in words.'),
  })
  .meta({
    id: 'CampaignEstimate',
    description: 'The estimated cost of a campaign: counts are exact or upper bounds, everything else is an estimate.',
  });
