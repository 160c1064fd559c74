import { z } from 'zod';
import type { Database } from '../database/database.ts';

const rowsSchema = z.array(z.object({ id: z.string() }));

/**
 * Campaigns that are due and that no process is advancing: active ones without an open part; those with open parts that did not
 * follow a pause, a cancel, or a resume (a study that is paused in an active campaign since before the campaign's last transition,
 * see `catchUpCampaign`). Few studies are open at a time: they are found by `study (state, id)`, however many campaigns ended.
 */
export async function campaignsDue(database: Database): Promise<string[]> {
  const rows = await database.$queryRaw`
    SELECT campaign.id FROM campaign
    WHERE campaign.state = 'active' AND NOT EXISTS (
      SELECT 1 FROM study WHERE study.campaign_id = campaign.id AND study.state IN ('active', 'paused')
    )
    UNION
    SELECT campaign.id FROM study JOIN campaign ON campaign.id = study.campaign_id
    WHERE study.state IN ('active', 'paused') AND CASE campaign.state
      WHEN 'active' THEN study.state = 'paused' AND study.updated_at <= campaign.updated_at
      WHEN 'paused' THEN study.state = 'active'
      ELSE true
    END
    ORDER BY id`;
  return rowsSchema.parse(rows).map((row) => row.id);
}
