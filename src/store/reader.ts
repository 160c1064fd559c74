import type { CampaignReader } from '../campaigns/ports.ts';
import { campaignReads } from './campaigns/reader.ts';
import { type Connection, type Database, inSnapshot, type ReadRows, readsOf } from './database/database.ts';
import type { DirectDatabase } from './database/direct.ts';
import { type DefinitionCache, definitionCache } from './studies/definition-cache.ts';
import { studyReads } from './studies/reader.ts';

/**
 * Reads of studies and campaigns on PostgreSQL.
 *
 * @param definitions those that the process keeps; default: its own
 * @param direct the reads that are polled run there outside of a snapshot: their statements are large and planned once for each connection
 */
export function databaseReader(
  database: Database,
  direct?: DirectDatabase,
  definitions: DefinitionCache = definitionCache(),
): CampaignReader {
  return readerOn(database, direct?.rows ?? readsOf(database), {
    consistently: (reads) => inSnapshot(database, reads),
    definitions,
  });
}

/** Inside a snapshot all reads are consistent already. Nothing comes from memory there: a verification must see the stored rows. */
function snapshotReader(tx: Connection): CampaignReader {
  return readerOn(tx, readsOf(tx), { consistently: (reads) => reads(tx), definitions: null });
}

/** Runs reads that must see one state of the database. */
type Consistently = <T>(reads: (connection: Connection) => Promise<T>) => Promise<T>;

interface Reading {
  readonly consistently: Consistently;
  readonly definitions: DefinitionCache | null;
}

function readerOn(connection: Connection, read: ReadRows, { consistently, definitions }: Reading): CampaignReader {
  return {
    ...studyReads(connection, read, definitions),
    ...campaignReads(connection, read),
    snapshot: (work) => consistently((tx) => work(snapshotReader(tx))),
  };
}
