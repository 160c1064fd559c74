import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { StudyMembership } from '../studies/model/study.ts';

/** The campaign that a study belongs to, and its role there. */
export const campaignMembershipSchema = z
  .strictObject({
    id: z.uuid().describe('Id of the campaign.'),
    kind: z.string().describe(`Purpose of the part: ${partKindSchema.options.join(', ')}; a newer release may have others.`),
    name: z.string().describe('Name of this study in the campaign.'),
  })
  .meta({ id: 'CampaignMembership', description: 'The campaign that a study belongs to, and its role there.' });

/** A study's place in its campaign as the API shows it. */
export function representMembership({ campaignId, kind, name }: StudyMembership): z.output<typeof campaignMembershipSchema> {
  return { id: campaignId, kind, name };
}
