import { type CampaignRepresentation, type PartFindings, representCampaign } from '../api/campaign.ts';
import type { Campaign, CampaignPart } from '../campaigns/campaign.ts';
import { campaignNotFound } from '../campaigns/life-cycle.ts';
import type { CampaignReader } from '../campaigns/ports.ts';

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

/**
 * Reads a campaign and all its parts in one snapshot, so that they are consistent with each other.
 *
 * @throws DomainError `campaign-not-found`
 */
export function viewCampaign(reader: CampaignReader, campaignId: string): Promise<CampaignRepresentation> {
  return reader.snapshot(async (snapshot) => {
    const campaign = await foundCampaign(snapshot, campaignId);
    const parts: PartFindings[] = [];
    // Sequential, because a snapshot has one connection.
    for (const part of await snapshot.campaignParts(campaignId)) parts.push(await partFindings(snapshot, part));
    return representCampaign(campaign, parts);
  });
}

async function partFindings(reader: CampaignReader, part: CampaignPart): Promise<PartFindings> {
  const { id } = part.study;
  const trials = await reader.trialCounts(id);
  const [best] = await reader.leaderboard(id, 1);
  return { part, trials, best: best ?? null, steps: await reader.steps(id) };
}
