import { campaignSchema } from '../../api/campaign.ts';
import { campaignChangeRequestSchema } from '../../api/change-request.ts';
import { changeCampaign } from '../../campaigns/change.ts';
import { type CampaignView, foundCampaign } from '../campaign-view.ts';
import { changeFromBody } from '../change-body.ts';
import { ifMatchHeader, matchedVersion } from '../if-match.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { campaignPath } from './parameters.ts';

/** Adds the route that changes the labels of a campaign. */
export function campaignChangeRoutes(app: App, { reader, transactions }: Services, view: CampaignView): void {
  const schema = {
    operationId: 'changeCampaign',
    tags: ['campaigns'],
    summary: 'Change the labels of a campaign',
    description:
      'Also after its end. `labels` replaces all that the campaign has. Its studies do not have its labels. With the ETag of a read as `If-Match`, nothing that others changed since is overwritten.',
    params: campaignPath,
    headers: ifMatchHeader,
    querystring: noQuery,
    body: campaignChangeRequestSchema,
    response: responses(
      { 200: json('The campaign with its new labels.', campaignSchema) },
      'precondition-failed',
      'campaign-not-found',
      'invalid-change',
      ...bodyProblems,
    ),
  };
  app.patch('/v1/campaigns/:campaignId', { schema }, async (request) => {
    const campaignId = request.params.campaignId.toLowerCase();
    const change = changeFromBody('campaign', campaignChangeRequestSchema, request.body);
    const version = await matchedVersion(request, {
      what: 'campaign',
      version: async () => (await foundCampaign(reader, campaignId)).version,
      view: () => view(campaignId),
    });
    await changeCampaign(transactions, campaignId, change, version);
    return view(campaignId);
  });
}
