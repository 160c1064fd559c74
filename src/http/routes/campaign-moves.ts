import { campaignSchema } from '../../api/campaign.ts';
import { type CampaignMove, moveCampaign } from '../../campaigns/life-cycle.ts';
import { recordingCampaigns } from '../audit.ts';
import type { CampaignView } from '../campaign-view.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { campaignPath } from './parameters.ts';

const moves: readonly { readonly move: CampaignMove; readonly summary: string; readonly description: string }[] = [
  {
    move: 'pause',
    summary: 'Pause a campaign and its studies',
    description:
      'No more trials are claimed and no part is added. Running trials continue to their next step checkpoint and are requeued. Pausing a paused campaign changes nothing.',
  },
  {
    move: 'resume',
    summary: 'Resume a paused campaign and its studies',
    description: 'Trials continue from their step checkpoints. Resuming an active campaign changes nothing.',
  },
  {
    move: 'cancel',
    summary: 'Cancel a campaign and its studies permanently',
    description:
      'Queued and running trials are cancelled and no part is added. Finished trials are kept. Cancelling a cancelled campaign changes nothing.',
  },
];

/** Adds the routes that pause, resume and cancel a campaign. */
export function campaignMoveRoutes(app: App, { transactions }: Services, view: CampaignView): void {
  for (const { move, summary, description } of moves) {
    const schema = {
      operationId: `${move}Campaign`,
      tags: ['campaigns'],
      summary,
      description,
      params: campaignPath,
      querystring: noQuery,
      response: responses(
        { 200: json('The campaign in its new state.', campaignSchema) },
        'campaign-not-found',
        'state-conflict',
        ...bodyProblems,
      ),
    };
    app.post(`/v1/campaigns/:campaignId/${move}`, { schema }, async (request) => {
      await moveCampaign(recordingCampaigns(transactions, request), request.params.campaignId, move);
      return view(request.params.campaignId);
    });
  }
}
