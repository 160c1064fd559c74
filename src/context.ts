import { fileURLToPath } from 'node:url';
import type { AccessStore } from './access/ports.ts';
import type { CampaignReader } from './campaigns/ports.ts';
import { closeAll } from './close-all.ts';
import type { Config } from './config.ts';
import { SharedFeed } from './events/feed.ts';
import type { EventFeed } from './events/ports.ts';
import type { Logger } from './log.ts';
import type { MetricSources } from './metrics/readings.ts';
import type { Capability } from './objectives/contract.ts';
import { threadPlanner } from './planner/threads.ts';
import type { RunnerSettings, RunnerWorld, SweepWorld } from './runner/ports.ts';
import { runnerWorld } from './runner-context.ts';
import { isDatabaseUnreachable } from './shared/database-unreachable.ts';
import { inDataFolder } from './start-faults.ts';
import { accessStore } from './store/access/access-store.ts';
import { type DatabaseAddress, readAddress } from './store/database/address.ts';
import { reach } from './store/database/connect.ts';
import { type Database, openDatabase, openDirectDatabase, type PoolCounts, retried } from './store/database/database.ts';
import { prepareDatabase } from './store/database/prepare.ts';
import { type DataFolderLock, type DataFolderLostError, lockDataFolder } from './store/embedded/data-folder-lock.ts';
import type { EmbeddedPostgresLostError } from './store/embedded/errors.ts';
import { startEmbeddedPostgres } from './store/embedded/start.ts';
import { outbox } from './store/events/outbox.ts';
import { sweepEvents } from './store/events/sweep.ts';
import { eventWakes } from './store/events/wakes.ts';
import { readReadings } from './store/operations/readings.ts';
import { expireWorkerLeases } from './store/queue/leases.ts';
import { databaseReader } from './store/reader.ts';
import { runnersFor } from './store/runners/ability.ts';
import { liveRunners } from './store/runners/registration.ts';
import { type KnownFacts, noFacts } from './store/studies/known.ts';
import { readTrace } from './store/studies/trace.ts';
import { databaseSweep } from './store/sweep.ts';
import { databaseTransactions } from './store/transactions.ts';
import { deliveryQueue } from './store/webhooks/delivery-queue.ts';
import { webhookStore } from './store/webhooks/webhook-store.ts';
import { openAsking } from './store/workers/open-asking.ts';
import type { Asking } from './studies/actions/asking.ts';
import { type BackgroundPlanning, backgroundPlanning } from './studies/actions/background-planning.ts';
import type { Planner } from './studies/ports/planner.ts';
import type { RunnersFor } from './studies/ports/runners.ts';
import { version } from './version.ts';
import type { DeliveryQueue, WebhookStore } from './webhooks/ports.ts';

/** Every adapter behind its port. Disposing the context closes what it opened, last opened first. */
export interface AppContext extends AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly transactions: ReturnType<typeof databaseTransactions>;
  /** Keys and projects. */
  readonly access: AccessStore;
  readonly reader: CampaignReader;
  /** Computes suggestions of slow samplers for imports and verifications. */
  readonly planner: Planner;
  /** Serves the workers of clients. */
  readonly asking: Asking;
  /** The events of all studies and campaigns, for other services. */
  readonly feed: EventFeed;
  /** Webhooks and the queue of their deliveries. */
  readonly webhooks: { readonly store: WebhookStore; readonly queue: DeliveryQueue };
  /** The sources of its metrics. */
  readonly metricSources: MetricSources;
  /**
   * Counts the runners seen within five sweeps.
   *
   * @throws DatabaseUnreachableError when the database does not answer
   */
  liveRunners(): Promise<number>;
  /** The `traceparent` that is stored with a study, or with that of a trial; null if there is none. @throws as `liveRunners` */
  traceOf(kind: 'study' | 'trial', id: string): Promise<string | null>;
  /** Counts the same runners, and those of them that can evaluate an objective. @throws as `liveRunners` */
  runnersFor(objective: Capability): Promise<RunnersFor>;
  /**
   * Registers this process as a runner and opens the artifact folder.
   *
   * @throws StartError when the data folder cannot be used; ArtifactFolderError when it belongs to another database
   */
  runnerWorld(): Promise<RunnerWorld>;
  readonly runnerSettings: RunnerSettings;
  /** A process without a runner sweeps the studies whose trials workers of clients evaluate, and campaigns. */
  readonly apiSweepWorld: SweepWorld;
  /** Aborted, with an error that says why, when the embedded database ended and cannot be restarted, or when the data folder is lost. */
  readonly broken: AbortSignal;
}

/** The role of a process: the one that owns the data folder locks it and may embed a database. */
export interface ContextOptions {
  readonly verb: string;
  readonly ownsDataFolder: boolean;
  /** Aborting it ends the start between two steps with the signal's reason. */
  readonly stop: AbortSignal;
}

/** Most connections of the API: one for each request in progress. */
const apiConnections = 20;
/** Connections for the statements of workers of clients, of which those that arrive together share one, and for the reads of their studies. */
const workerConnections = 6;
/** Connections for pages of events: requests must not wait for the reads of a thousand streams. The feed has one more, and one to hear notifications. */
const eventConnections = 3;
/** Most connections of the runner: the queue and the heartbeats must not wait for a slow export to release one. */
const runnerConnections = 5;

/** The state shared while the context is built, and the resources opened so far. */
interface Building {
  readonly config: Config;
  readonly log: Logger;
  readonly opened: AsyncDisposable[];
  readonly broken: AbortController;
}

/**
 * Builds the context from the configuration: locks the data folder, starts or adopts the embedded database if no address
 * is set, and applies the migrations.
 *
 * @throws StartError, DataFolderBusyError, EmbeddedPostgresError, DatabaseUnfitError or MigrationError when the environment is at fault;
 * the reason of `options.stop` when that is aborted
 */
export async function openContext(config: Config, log: Logger, options: ContextOptions): Promise<AppContext> {
  const building: Building = { config, log, opened: [], broken: new AbortController() };
  try {
    options.stop.throwIfAborted();
    const lock = options.ownsDataFolder ? await inDataFolder(config, () => lockFolder(building, options.verb)) : null;
    options.stop.throwIfAborted();
    const address = await databaseAddress(building, lock);
    options.stop.throwIfAborted();
    await prepareDatabase({ address, folder: migrationsFolder, version, log: (text) => log.info(text) });
    options.stop.throwIfAborted();
    building.broken.signal.throwIfAborted();
    return contextOn(building, address);
  } catch (error) {
    await dispose(building).catch((fault: unknown) =>
      log.error({ err: fault }, 'start failed, and some resources that it had opened could not be closed'),
    );
    throw error;
  }
}

/** Closes the resources, last opened first. @throws StopError with every failure */
function dispose({ opened }: Building): Promise<void> {
  return closeAll(
    opened
      .splice(0)
      .reverse()
      .map((one) => () => one[Symbol.asyncDispose]()),
  );
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

const migrationsFolder = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

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

/** Opens pools by name, and knows their counts. */
function namedPools({ opened }: Building, address: DatabaseAddress) {
  const pools: [string, PoolCounts][] = [];
  const named = (name: string) => ({ address, onPool: (counts: PoolCounts) => void pools.push([name, counts]) });
  return {
    named,
    open: (name: string, connections: number): Database => {
      const database = openDatabase({ ...named(name), connections });
      opened.push(database);
      return database;
    },
    counts: () => pools.map(([pool, { totalCount: total, idleCount: idle, waitingCount: waiting }]) => ({ pool, total, idle, waiting })),
  };
}

function contextOn(building: Building, address: DatabaseAddress): AppContext {
  const { config, log, opened, broken } = building;
  const { named, open, counts } = namedPools(building, address);
  const database = open('api', apiConnections);
  const planner = threadPlanner(entryPoint('planner/thread'), config.cores);
  const facts = noFacts();
  const planning = openPlanning(database, planner, log, { facts, onStored: (studyId) => asking.dispatcher.planned(studyId) });
  // Closes the planner first, which abandons the suggestions in progress; planning then ends with its last transaction.
  opened.push(planning, planner);
  const transactions = databaseTransactions(database, planning.due, facts);
  const direct = openDirectDatabase({ ...named('workers'), connections: workerConnections });
  opened.push(direct);
  const asking = openAsking(direct, { transactions, suggestionsDue: planning.due, onFault: notAdvanced(log) }, facts);
  opened.push(asking.dispatcher);
  const feed = openFeed(building, address, named('events').onPool);
  const living = () => liveRunners(database, config.sweepSeconds * 5);
  return {
    config,
    log,
    transactions,
    access: accessStore(database),
    asking,
    feed,
    webhooks: { store: webhookStore(database), queue: deliveryQueue(database) },
    reader: databaseReader(database, direct, facts.definitions),
    planner,
    metricSources: {
      read: () => readReadings(database, config.sweepSeconds * 5),
      pools: counts,
    },
    traceOf: (kind, id) => readTrace(database, kind, id),
    liveRunners: async () => (await living()).length,
    runnersFor: (objective) => runnersFor(database, objective, config.sweepSeconds * 5),
    runnerWorld: () =>
      inDataFolder(config, () => runnerWorld(config, log, { database: open('runner', runnerConnections), planning, facts })),
    runnerSettings: {
      ...config,
      version,
      dataSources: config.imdbArchive === null ? {} : { imdb: config.imdbArchive },
      entryPoint,
    },
    apiSweepWorld: apiSweepWorld(database, { transactions, log, living }),
    broken: broken.signal,
    [Symbol.asyncDispose]: () => dispose(building),
  };
}

function apiSweepWorld(
  database: Database,
  { transactions, log, living }: Pick<AppContext, 'transactions' | 'log'> & { readonly living: () => Promise<unknown> },
): SweepWorld {
  return {
    transactions,
    sweep: databaseSweep(database, 'asked-for'),
    queue: { expireLeases: () => retried(() => expireWorkerLeases(database)) },
    // It has no entry: any answer shows that the database can be reached.
    registration: { seen: async () => void (await living()) },
    log,
    isAway: isDatabaseUnreachable,
  };
}

/** The feed of this process, which also tells other processes of the commits of this one. */
function openFeed({ config, log, opened }: Building, address: DatabaseAddress, onPool: (counts: PoolCounts) => void): EventFeed {
  const events = openDirectDatabase({ address, onPool, connections: eventConnections });
  const tail = openDirectDatabase({ address, connections: 1 });
  const { wakes, ...telling } = eventWakes(tail, address);
  const feed = new SharedFeed({
    log: outbox(events, tail),
    wakes,
    onFault: (error) => {
      const level = isDatabaseUnreachable(error) ? 'warn' : 'error';
      log[level]({ err: error }, 'events could not be read; the feed tries again every second');
    },
  });
  const sweep = sweepEvents(events, {
    days: config.eventDays,
    onFault: (error) => log.warn({ err: error }, 'old events could not be deleted; tried again later'),
  });
  opened.push(events, tail, telling, sweep, feed);
  return feed;
}

/** Plans for the whole process. A step that ends a study may create others, whose suggestions are due to the same planning. */
function openPlanning(
  database: Database,
  planner: Planner,
  log: Logger,
  { facts, onStored }: { facts: KnownFacts; onStored: (studyId: string) => void },
): BackgroundPlanning {
  const planning: BackgroundPlanning = backgroundPlanning({
    transactions: databaseTransactions(database, (studyId) => planning.due(studyId), facts),
    planner,
    onStored,
    onFault: (error, study) => {
      const level = isDatabaseUnreachable(error) ? 'warn' : 'error';
      log[level]({ err: error, study }, 'suggestions could not be planned; the next sweep tries again');
    },
  });
  return planning;
}

/** Logs that a study could not be moved on after a result. */
function notAdvanced(log: Logger): (error: unknown, studyId: string) => void {
  return (error, study) => {
    const level = isDatabaseUnreachable(error) ? 'warn' : 'error';
    log[level]({ err: error, study }, 'a study could not be moved on after a result; the next request or sweep tries again');
  };
}

/** Returns the path of a program below this file's folder, compiled or not as this file is. */
function entryPoint(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
}
