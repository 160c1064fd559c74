import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { StudyMembership } from '../studies/model/study.ts';

/** Which campaign a study belongs to, and as what. */
export const campaignMembershipSchema = z
  .strictObject({
    id: z.uuid().describe('Id of the campaign.'),
    kind: partKindSchema,
    name: z.string().describe('What the campaign calls this study.'),
  })
  .meta({ id: 'CampaignMembership', description: 'Which campaign a study belongs to, and as what.' });

/** A study's place in its campaign as the API shows it. */
export function representMembership({ campaignId, kind, name }: StudyMembership): z.output<typeof campaignMembershipSchema> {
  return { id: campaignId, kind: partKindSchema.parse(kind), name };
}
