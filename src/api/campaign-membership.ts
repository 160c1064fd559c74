import { z } from 'zod';
import { type CampaignMembership, partKinds } from '../campaigns/campaign.ts';

export const partKindSchema = z.enum(partKinds).meta({
  id: 'PartKind',
  description:
    'What a part of a campaign is for. search: one of its studies. grid: the final. test: the finalists as the final trains, measured on the test split. repeat: the same configurations trained again with another objective seed, and measured there.',
});

/** Which campaign a study belongs to, and as what. */
export const campaignMembershipSchema = z
  .strictObject({
    id: z.uuid().describe('Id of the campaign.'),
    kind: partKindSchema,
    name: z.string().describe('What the campaign calls this study.'),
  })
  .meta({ id: 'CampaignMembership', description: 'Which campaign a study belongs to, and as what.' });

/** A study's place in its campaign as the API shows it. */
export function representMembership({ campaignId, kind, name }: CampaignMembership): z.output<typeof campaignMembershipSchema> {
  return { id: campaignId, kind, name };
}
