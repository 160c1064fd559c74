import type { CampaignReader } from '../campaigns/ports.ts';
import { campaignReads } from './campaigns/reader.ts';
import { type Connection, type Database, inSnapshot, type ReadRows, readsOf } from './database/database.ts';
import type { DirectDatabase } from './database/direct.ts';
import { studyReads } from './studies/reader.ts';

/**
 * Reads of studies and campaigns on PostgreSQL.
 *
 * @param direct the reads that are polled run there outside of a snapshot: their statements are large and planned once for each connection
 */
export function databaseReader(database: Database, direct?: DirectDatabase): CampaignReader {
  return readerOn(database, direct?.rows ?? readsOf(database), (reads) => inSnapshot(database, reads));
}

/** Inside a snapshot everything is consistent already. */
function snapshotReader(tx: Connection): CampaignReader {
  return readerOn(tx, readsOf(tx), (reads) => reads(tx));
}

/** Runs reads that must see one state of the database. */
type Consistently = <T>(reads: (connection: Connection) => Promise<T>) => Promise<T>;

function readerOn(connection: Connection, read: ReadRows, consistently: Consistently): CampaignReader {
  return {
    ...studyReads(connection, read),
    ...campaignReads(connection, read),
    snapshot: (work) => consistently((tx) => work(snapshotReader(tx))),
  };
}
