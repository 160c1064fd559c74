import type { CampaignReader } from '../campaigns/ports.ts';
import { inProcessFronts } from '../studies/fronts/front-job.ts';
import type { FrontWorker } from '../studies/ports/front-worker.ts';
import { campaignReads } from './campaigns/reader.ts';
import { type Connection, type Database, inSnapshot, type ReadRows, readsOf } from './database/database.ts';
import type { DirectDatabase } from './database/direct.ts';
import { type DefinitionCache, definitionCache } from './studies/definition-cache.ts';
import { type FrontReads, frontReads } from './studies/fronts.ts';
import { studyReads } from './studies/reader.ts';

/**
 * Reads of studies and campaigns on PostgreSQL.
 *
 * @param definitions those that the process keeps; default: its own
 * @param worker ranks the results of studies with several metrics; default: this thread
 * @param direct the reads that are polled run there outside of a snapshot: their statements are large and planned once for each connection
 */
export function databaseReader(
  database: Database,
  direct?: DirectDatabase,
  definitions: DefinitionCache = definitionCache(),
  worker: FrontWorker = inProcessFronts,
): CampaignReader {
  return readerOn(database, direct?.rows ?? readsOf(database), {
    worker,
    fronts: frontReads(worker),
    consistently: (reads) => inSnapshot(database, reads),
    definitions,
  });
}

/**
 * Inside a snapshot all reads are consistent already. Nothing that was read before it comes from memory there: a verification must see the
 * stored rows. What the snapshot itself has read it keeps, so that a report reads the results of several metrics once.
 */
function snapshotReader(tx: Connection, worker: FrontWorker): CampaignReader {
  return readerOn(tx, readsOf(tx), { worker, fronts: frontReads(worker), consistently: (reads) => reads(tx), definitions: null });
}

/** Runs reads that must see one state of the database. */
type Consistently = <T>(reads: (connection: Connection) => Promise<T>) => Promise<T>;

interface Reading {
  readonly consistently: Consistently;
  readonly definitions: DefinitionCache | null;
  readonly fronts: FrontReads;
  readonly worker: FrontWorker;
}

function readerOn(connection: Connection, read: ReadRows, { consistently, definitions, fronts, worker }: Reading): CampaignReader {
  return {
    ...studyReads(connection, read, { definitions, fronts }),
    ...campaignReads(connection, read),
    snapshot: (work) => consistently((tx) => work(snapshotReader(tx, worker))),
  };
}
