import type { CampaignReader } from '../../campaigns/ports.ts';
import type { Connection, ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { nearestToLimits } from '../studies/leaderboard.ts';
import { readOverviews } from '../studies/overview.ts';
import { labelledCampaign } from './labels.ts';
import { listCampaigns } from './list.ts';
import { campaignParts, partsOf } from './transactions.ts';

/** Reads of campaigns. A page of the list without filters is a range scan of one index; filters can read more rows than they return. */
export function campaignReads(
  connection: Connection,
  read: ReadRows,
): Pick<CampaignReader, 'campaign' | 'nearestToLimits' | 'campaigns' | 'campaignParts' | 'partOverviews'> {
  return {
    campaign: async (id) => {
      const row = await connection.campaign.findUnique({ where: { id } });
      return row && labelledCampaign(row);
    },
    nearestToLimits: (studyId, rule) => nearestToLimits(read, studyId, rule),
    campaigns: (filter) => listCampaigns(connection, filter),
    campaignParts: (campaignId) => campaignParts(connection, campaignId),
    partOverviews: async (campaignId) =>
      (await readOverviews(read, Prisma.sql`study.campaign_id = ${campaignId}::uuid`)).flatMap(({ study, ...overview }) =>
        partsOf([study]).map((part) => ({ part, ...overview })),
      ),
  };
}
