import type { CampaignRepresentation } from '../../src/api/campaign.ts';
import type { Client } from '../../src/client/client.ts';
import { eventually } from '../support/eventually.ts';

/** Waits until a campaign has ended, and fails with its reason if it did not complete. */
export async function completedCampaign(client: Client, id: string): Promise<CampaignRepresentation> {
  let campaign = await client.getCampaign(id);
  await eventually(
    async () => {
      campaign = await client.getCampaign(id);
      return campaign.endedAt !== null;
    },
    { until: `campaign ${id} has ended` },
  );
  if (campaign.state !== 'completed') throw new Error(`the campaign ${campaign.state}: ${JSON.stringify(campaign.outcome)}`);
  return campaign;
}
