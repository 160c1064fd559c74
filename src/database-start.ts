import { fileURLToPath } from 'node:url';
import type { Building } from './building.ts';
import { inDataFolder } from './start-faults.ts';
import { type DatabaseAddress, readAddress } from './store/database/address.ts';
import { reach } from './store/database/connect.ts';
import { prepareDatabase } from './store/database/prepare.ts';
import { type DataFolderLock, lockDataFolder } from './store/embedded/data-folder-lock.ts';
import type { DataFolderLostError, EmbeddedPostgresLostError } from './store/embedded/errors.ts';
import { startEmbeddedPostgres } from './store/embedded/start.ts';
import { version } from './version.ts';

/** The role of a process: the one that owns the data folder locks it and may embed a database. */
export interface DatabaseOptions {
  readonly verb: string;
  readonly ownsDataFolder: boolean;
  /** Aborting it ends the start between two steps with the signal's reason. */
  readonly stop: AbortSignal;
}

const migrationsFolder = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/**
 * Locks the data folder, starts or adopts the embedded database if no address is set, and applies the migrations.
 *
 * @throws StartError, DataFolderBusyError, EmbeddedPostgresError, DatabaseUnfitError or MigrationError when the environment is at fault;
 * the reason of `options.stop` when that is aborted
 */
export async function startDatabase(building: Building, { verb, ownsDataFolder, stop }: DatabaseOptions): Promise<DatabaseAddress> {
  const { config, log, broken } = building;
  stop.throwIfAborted();
  const lock = ownsDataFolder ? await inDataFolder(config, () => lockFolder(building, verb)) : null;
  stop.throwIfAborted();
  const address = await databaseAddress(building, lock);
  stop.throwIfAborted();
  await prepareDatabase({ address, folder: migrationsFolder, version, log: (text) => log.info(text) });
  stop.throwIfAborted();
  broken.signal.throwIfAborted();
  return address;
}

async function lockFolder({ config, log, opened, broken }: Building, verb: string): Promise<DataFolderLock> {
  const onLost = (error: DataFolderLostError): void => broken.abort(error);
  const lock = await lockDataFolder(config.dataFolder, { verb, onLost, log: (text) => log.info(text) });
  opened.push(lock);
  return lock;
}

async function databaseAddress(building: Building, lock: DataFolderLock | null): Promise<DatabaseAddress> {
  const { config } = building;
  if (config.databaseUrl === null) return readAddress(await inDataFolder(config, () => embeddedUrl(building, lock)));
  return reach(readAddress(config.databaseUrl));
}

async function embeddedUrl({ config, log, opened, broken }: Building, lock: DataFolderLock | null): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataFolder: config.dataFolder,
    confirmLock: lock?.confirm,
    log: (text) => log.info(text),
    onLost: (error: EmbeddedPostgresLostError) => broken.abort(error),
  });
  opened.push(server);
  // A lost data folder may be another process's by now, which may start its own server on the cluster.
  if (broken.signal.aborted) server.kill();
  broken.signal.addEventListener('abort', () => server.kill(), { once: true });
  return server.url;
}
