import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import type { Registration, RunnerSettings, RunnerWorld } from './runner/ports.ts';
import { newId } from './shared/ids.ts';
import { openArtifacts } from './store/artifacts.ts';
import { lockDataFolder } from './store/data-folder-lock.ts';
import { type Database, openDatabase } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded/start.ts';
import { migrate } from './store/migrations.ts';
import { thisProcess } from './store/process-identity.ts';
import { trialQueue } from './store/queue/queue.ts';
import { liveRunners, markSeen, registerRunner, unregisterRunner } from './store/runners.ts';
import { studyReader } from './store/study-reader.ts';
import { studySweep } from './store/study-sweep.ts';
import { studyTransactions } from './store/study-transactions.ts';
import type { StudyReader, Transactions } from './studies/ports.ts';

/** The built world: every adapter behind its port. Disposing it closes what it opened, last opened first. */
export interface AppContext extends AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly transactions: Transactions;
  readonly reader: StudyReader;
  /** Runners that were seen of late. Rejects where the database does not answer. */
  liveRunners(): Promise<number>;
  /** Joins the runners of this database. */
  runnerWorld(): Promise<RunnerWorld>;
  readonly runnerSettings: RunnerSettings;
}

/** What a process is for: the one that owns the data folder locks it and may embed a database. */
export interface ContextOptions {
  readonly verb: string;
  readonly ownsDataFolder: boolean;
  /** Connections to the database at most; a runner needs few, an API one for each request at work. */
  readonly connections: number;
}

/**
 * Builds the world from the configuration: takes the data folder's lock, starts or adopts the embedded database where
 * no address is given, applies the migrations.
 */
export async function openContext(config: Config, log: Logger, options: ContextOptions): Promise<AppContext> {
  const opened: AsyncDisposable[] = [];
  const dispose = async (): Promise<void> => {
    for (let next = opened.pop(); next; next = opened.pop()) await next[Symbol.asyncDispose]();
  };
  try {
    if (options.ownsDataFolder) opened.push(await lockDataFolder(config.dataFolder, { verb: options.verb }));
    const url = config.databaseUrl ?? (await embeddedUrl(config, log, opened));
    await migrate({ url, folder: migrationsFolder, log: (text) => log.info(text) });
    const database = openDatabase({ url, connections: options.connections });
    opened.push(database);
    return contextOn(config, log, database, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

const migrationsFolder = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

async function embeddedUrl(config: Config, log: Logger, opened: AsyncDisposable[]): Promise<string> {
  const server = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log: (text) => log.info(text) });
  opened.push(server);
  log.info({ pid: server.pid }, server.adopted ? 'the embedded PostgreSQL of an earlier process goes on' : 'the embedded PostgreSQL is up');
  return server.url;
}

function contextOn(config: Config, log: Logger, database: Database, dispose: () => Promise<void>): AppContext {
  const transactions = studyTransactions(database);
  return {
    config,
    log,
    transactions,
    reader: studyReader(database),
    liveRunners: async () => (await liveRunners(database, config.sweepSeconds * 5)).length,
    runnerWorld: () => runnerWorld(config, log, database, transactions),
    runnerSettings: {
      ...config,
      trainerEntry: entryPoint('training/tensorflow/trainer'),
      prepareEntry: entryPoint('training/datasets/prepare-process'),
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function runnerWorld(config: Config, log: Logger, database: Database, transactions: Transactions): Promise<RunnerWorld> {
  const artifacts = await openArtifacts(database, join(config.dataFolder, 'artifacts'));
  const registration = await register(config, log, database);
  return { queue: trialQueue(database), transactions, sweep: studySweep(database), artifacts, registration, log };
}

async function register(config: Config, log: Logger, database: Database): Promise<Registration> {
  const id = newId();
  const freed = await registerRunner(database, { id, identity: thisProcess(), slots: config.slots });
  if (freed > 0) log.info({ trials: freed }, 'trials of a dead runner on this machine are queued again');
  return { id, seen: () => markSeen(database, id), unregister: () => unregisterRunner(database, id) };
}

/** Entry points lie beside this file, compiled as it is. */
function entryPoint(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
}
