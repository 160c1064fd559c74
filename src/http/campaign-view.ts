import { type CampaignRepresentation, type PartFindings, representCampaign } from '../api/campaign.ts';
import type { Campaign, CampaignPart } from '../campaigns/campaign.ts';
import { campaignNotFound } from '../campaigns/life-cycle.ts';
import type { CampaignReader } from '../campaigns/ports.ts';
import { rememberedEstimates } from '../campaigns/remaining-time.ts';

/**
 * Reads a campaign.
 *
 * @throws DomainError `campaign-not-found`
 */
export async function foundCampaign(reader: CampaignReader, campaignId: string): Promise<Campaign> {
  const campaign = await reader.campaign(campaignId);
  if (!campaign) throw campaignNotFound(campaignId);
  return campaign;
}

const estimateOf = rememberedEstimates();

/**
 * Reads a campaign and all its parts in one snapshot, so that they are consistent with each other.
 *
 * @throws DomainError `campaign-not-found`
 */
export async function viewCampaign(reader: CampaignReader, campaignId: string): Promise<CampaignRepresentation> {
  const { campaign, parts } = await reader.snapshot(async (snapshot) => {
    const campaign = await foundCampaign(snapshot, campaignId);
    const parts: PartFindings[] = [];
    // Sequential, because a snapshot has one connection.
    for (const part of await snapshot.campaignParts(campaignId)) parts.push(await partFindings(snapshot, part));
    return { campaign, parts };
  });
  return representCampaign(campaign, parts, campaign.state === 'active' ? await estimateOf(campaign) : null);
}

async function partFindings(reader: CampaignReader, part: CampaignPart): Promise<PartFindings> {
  const { id } = part.study;
  const trials = await reader.trialCounts(id);
  const [best] = await reader.leaderboard(id, 1);
  const steps = await reader.steps(id);
  return { part, trials, best: best ?? null, steps, pace: part.study.state === 'active' ? await reader.pace(id) : null };
}
