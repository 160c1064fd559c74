import type { CampaignReader } from '../../campaigns/ports.ts';
import type { Connection } from '../database/database.ts';
import { listOrder, listWhere } from '../studies/list-filter.ts';
import { pageOf } from '../studies/page-of.ts';
import { campaignFromRow, campaignSummaryFromRow } from '../studies/rows.ts';
import { campaignParts } from './transactions.ts';

/** Reads of campaigns. Every list is a range scan of one index. */
export function campaignReads(connection: Connection): Pick<CampaignReader, 'campaign' | 'campaigns' | 'campaignParts'> {
  return {
    campaign: async (id) => {
      const row = await connection.campaign.findUnique({ where: { id } });
      return row && campaignFromRow(row);
    },
    campaigns: async (filter) => {
      const rows = await connection.campaign.findMany({ where: listWhere(filter), ...listOrder(filter) });
      return pageOf(rows, filter.limit, campaignSummaryFromRow, (row) => row.id);
    },
    campaignParts: (campaignId) => campaignParts(connection, campaignId),
  };
}
