import type { CampaignReader } from '../campaigns/ports.ts';
import { campaignReads } from './campaigns/reader.ts';
import { type Connection, type Database, inSnapshot } from './database/database.ts';
import { studyReads } from './studies/reader.ts';

/** Reads of studies and campaigns on PostgreSQL. */
export function databaseReader(database: Database): CampaignReader {
  return readerOn(database, (reads) => inSnapshot(database, reads));
}

/** Inside a snapshot everything is consistent already. */
function snapshotReader(tx: Connection): CampaignReader {
  return readerOn(tx, (reads) => reads(tx));
}

/** Runs reads that must see one state of the database. */
type Consistently = <T>(reads: (connection: Connection) => Promise<T>) => Promise<T>;

function readerOn(connection: Connection, consistently: Consistently): CampaignReader {
  return {
    ...studyReads(connection),
    ...campaignReads(connection),
    snapshot: (work) => consistently((tx) => work(snapshotReader(tx))),
  };
}
