import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CampaignReader, CampaignTransactions } from './campaigns/ports.ts';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import { capabilities } from './objectives/table.ts';
import type { Registration, RunnerSettings, RunnerWorld } from './runner/ports.ts';
import { isDatabaseAway } from './shared/database-away.ts';
import { newId } from './shared/ids.ts';
import { inDataFolder, reachDatabase } from './start-faults.ts';
import { runEveryStage } from './stopping.ts';
import { openArtifacts } from './store/artifacts/artifacts.ts';
import { type Database, openDatabase } from './store/database/database.ts';
import { migrate } from './store/database/migrations.ts';
import { lockDataFolder } from './store/embedded/data-folder-lock.ts';
import type { EmbeddedPostgresLostError } from './store/embedded/errors.ts';
import { startEmbeddedPostgres } from './store/embedded/start.ts';
import { trainingContinuation, trialQueue } from './store/queue/queue.ts';
import { databaseReader } from './store/reader.ts';
import { noteCannotEvaluate } from './store/runners/ability.ts';
import { thisProcess } from './store/runners/process-identity.ts';
import { liveRunners, markSeen, registerRunner, unregisterRunner } from './store/runners/registration.ts';
import { databaseSweep } from './store/sweep.ts';
import { databaseTransactions } from './store/transactions.ts';
import { version } from './version.ts';

/** The built world: every adapter behind its port. Disposing it closes what it opened, last opened first. */
export interface AppContext extends AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly transactions: CampaignTransactions;
  readonly reader: CampaignReader;
  /** Runners that were seen of late. Rejects where the database does not answer. */
  liveRunners(): Promise<number>;
  /** Joins the runners of this database. */
  runnerWorld(): Promise<RunnerWorld>;
  readonly runnerSettings: RunnerSettings;
  /** Aborted, with an EmbeddedPostgresLostError, when the embedded database is gone for good. */
  readonly broken: AbortSignal;
}

/** What a process is for: the one that owns the data folder locks it and may embed a database. */
export interface ContextOptions {
  readonly verb: string;
  readonly ownsDataFolder: boolean;
  /** Aborted, the start is given up between two steps, with the signal's reason. */
  readonly stop: AbortSignal;
}

/** Connections at most, for the API: one for each request at work. */
const apiConnections = 20;
/** For the queue and the heartbeats, which must not wait until slow exports give a connection back. */
const runnerConnections = 5;

/** What is open so far, and what is shared while the world is built. */
interface Building {
  readonly config: Config;
  readonly log: Logger;
  readonly opened: AsyncDisposable[];
  readonly broken: AbortController;
}

/**
 * Builds the world from the configuration: takes the data folder's lock, starts or adopts the embedded database where
 * no address is given, applies the migrations.
 *
 * @throws StartError, and the errors of the lock, the embedded database and the migrations, for faults of the surroundings
 */
export async function openContext(config: Config, log: Logger, options: ContextOptions): Promise<AppContext> {
  const building: Building = { config, log, opened: [], broken: new AbortController() };
  try {
    options.stop.throwIfAborted();
    const { verb } = options;
    if (options.ownsDataFolder) building.opened.push(await inDataFolder(config, () => lockDataFolder(config.dataFolder, { verb })));
    options.stop.throwIfAborted();
    const url = await databaseUrl(building);
    options.stop.throwIfAborted();
    await migrate({ url, folder: migrationsFolder, version, log: (text) => log.info(text) });
    options.stop.throwIfAborted();
    return contextOn(building, url);
  } catch (error) {
    await dispose(building).catch((fault: unknown) => log.error({ err: fault }, 'what was opened could not be closed'));
    throw error;
  }
}

/** Last opened, first closed. */
function dispose({ opened }: Building): Promise<void> {
  return runEveryStage(
    opened
      .splice(0)
      .reverse()
      .map((one) => () => one[Symbol.asyncDispose]()),
  );
}

async function databaseUrl(building: Building): Promise<string> {
  const { config } = building;
  if (config.databaseUrl === null) return inDataFolder(config, () => embeddedUrl(building));
  await reachDatabase(config.databaseUrl);
  return config.databaseUrl;
}

const migrationsFolder = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

async function embeddedUrl({ config, log, opened, broken }: Building): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataFolder: config.dataFolder,
    log: (text) => log.info(text),
    onLost: (error: EmbeddedPostgresLostError) => broken.abort(error),
  });
  opened.push(server);
  log.info({ pid: server.pid }, server.adopted ? 'the embedded PostgreSQL of an earlier process goes on' : 'the embedded PostgreSQL is up');
  return server.url;
}

function contextOn(building: Building, url: string): AppContext {
  const { config, log, opened, broken } = building;
  const open = (connections: number): Database => {
    const database = openDatabase({ url, connections });
    opened.push(database);
    return database;
  };
  const database = open(apiConnections);
  return {
    config,
    log,
    transactions: databaseTransactions(database),
    reader: databaseReader(database),
    liveRunners: async () => (await liveRunners(database, config.sweepSeconds * 5)).length,
    runnerWorld: () => inDataFolder(config, () => runnerWorld(config, log, open(runnerConnections))),
    runnerSettings: {
      ...config,
      version,
      dataSources: config.imdbArchive === null ? {} : { imdb: config.imdbArchive },
      entryPoint,
    },
    broken: broken.signal,
    [Symbol.asyncDispose]: () => dispose(building),
  };
}

async function runnerWorld(config: Config, log: Logger, database: Database): Promise<RunnerWorld> {
  if (config.imdbArchive !== null && !existsSync(config.imdbArchive)) {
    log.warn(`CLAVIER_IMDB_ARCHIVE is ${config.imdbArchive}, which does not exist: studies of film reviews will fail until it does`);
  }
  // Registered first: of two runners that start at once on folders of their own, one must see the other.
  const registration = await register(config, log, database);
  const artifacts = await openArtifacts(database, { folder: join(config.dataFolder, 'artifacts'), limitMb: config.artifactMb }).catch(
    async (error: unknown) => {
      await registration.unregister();
      throw error;
    },
  );
  const transactions = databaseTransactions(database);
  return {
    queue: trialQueue(database),
    continuation: trainingContinuation(database),
    transactions,
    sweep: databaseSweep(database),
    artifacts,
    registration,
    log,
    isAway: isDatabaseAway,
  };
}

async function register(config: Config, log: Logger, database: Database): Promise<Registration> {
  const id = newId();
  const entry = { id, identity: thisProcess(), slots: config.slots, objectives: capabilities };
  const freed = await registerRunner(database, entry);
  if (freed > 0) log.info({ trials: freed }, 'trials of a dead runner on this machine are queued again');
  return {
    id,
    seen: () => markSeen(database, entry),
    cannotEvaluate: (objective) => noteCannotEvaluate(database, { runnerId: id, objective, withinSeconds: config.sweepSeconds * 5 }),
    unregister: () => unregisterRunner(database, id),
  };
}

/** Entry points lie below this file's folder, compiled as it is. */
function entryPoint(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
}
