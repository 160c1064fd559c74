import type { FastifyBaseLogger } from 'fastify';
import { type CampaignRepresentation, type PartFindings, representCampaign } from '../api/campaign.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { CampaignEstimate } from '../campaigns/estimate.ts';
import { campaignNotFound } from '../campaigns/life-cycle.ts';
import type { CampaignReader, PartOverview } from '../campaigns/ports.ts';
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

/**
 * Reads a campaign.
 *
 * @throws DomainError `campaign-not-found`
 */
export type CampaignView = (campaignId: string) => Promise<CampaignRepresentation>;

/**
 * Creates the view of campaigns, which keeps their estimates. A campaign whose estimate fails is shown without its remaining time.
 */
export function campaignView(reader: CampaignReader, log: FastifyBaseLogger, estimateOf = rememberedEstimates()): CampaignView {
  const estimateOrNull = (campaign: Campaign): Promise<CampaignEstimate | null> =>
    estimateOf(campaign).catch((error: unknown) => {
      log.error({ err: error, campaign: campaign.id }, 'campaign could not be estimated and is shown without its remaining time');
      return null;
    });
  return async (campaignId) => {
    const { campaign, parts } = await readCampaign(reader, campaignId);
    return representCampaign(campaign, parts, campaign.state === 'active' ? await estimateOrNull(campaign) : null);
  };
}

/** Reads a campaign and all its parts in one snapshot, so that they are consistent with each other. */
function readCampaign(reader: CampaignReader, campaignId: string): Promise<{ campaign: Campaign; parts: PartFindings[] }> {
  return reader.snapshot(async (snapshot) => {
    const campaign = await foundCampaign(snapshot, campaignId);
    const parts = (await snapshot.partOverviews(campaignId)).map(findingsOf);
    return { campaign, parts };
  });
}

function findingsOf({ pace, ...overview }: PartOverview): PartFindings {
  return { ...overview, pace: overview.part.study.state === 'active' ? pace : null };
}
