import type { CampaignSweep } from '../campaigns/ports.ts';
import { campaignsDue } from './campaigns/sweep.ts';
import type { Database } from './database/database.ts';
import { studySweep } from './studies/sweep.ts';

/** Studies and campaigns on PostgreSQL that nobody moves. */
export function databaseSweep(database: Database): CampaignSweep {
  return { ...studySweep(database), campaignsDue: () => campaignsDue(database) };
}
