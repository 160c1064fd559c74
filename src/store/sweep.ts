import type { CampaignSweep } from '../campaigns/ports.ts';
import { campaignsDue } from './campaigns/sweep.ts';
import type { Database } from './database/database.ts';
import { type Swept, studySweep } from './studies/sweep.ts';

/** Studies and campaigns on PostgreSQL that nobody moves. */
export function databaseSweep(database: Database, swept: Swept = 'all'): CampaignSweep {
  return { ...studySweep(database, swept), campaignsDue: () => campaignsDue(database) };
}
