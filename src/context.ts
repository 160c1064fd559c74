import { fileURLToPath } from 'node:url';
import type { AccessStore } from './access/ports.ts';
import { type Building, dispose } from './building.ts';
import type { CampaignReader } from './campaigns/ports.ts';
import type { Config } from './config.ts';
import { type DatabaseOptions, startDatabase } from './database-start.ts';
import { openFeed } from './event-context.ts';
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
import type { DatabaseAddress } from './store/database/address.ts';
import { type Database, openDatabase, openDirectDatabase, type PoolCounts, retried } from './store/database/database.ts';
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
import type { FrontWorker } from './studies/ports/front-worker.ts';
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
  readonly fronts: FrontWorker;
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

export interface ContextOptions extends DatabaseOptions {
  /** Time in ms after which requests that wait for a trial look again. Default: 1000. */
  readonly lookAgainMs?: number;
}

/** Most connections of the API: one for each request in progress. */
const apiConnections = 20;
/** Connections for the statements of workers of clients, of which those that arrive together share one, and for the reads of their studies. */
const workerConnections = 6;
/** Most connections of the runner: the queue and the heartbeats must not wait for a slow export to release one. */
const runnerConnections = 5;

/**
 * Builds the context from the configuration, on the database that it starts or reaches.
 *
 * @throws as `startDatabase`
 */
export async function openContext(config: Config, log: Logger, options: ContextOptions): Promise<AppContext> {
  const building: Building = { config, log, opened: [], broken: new AbortController() };
  try {
    const address = await startDatabase(building, options);
    return contextOn(building, address, options);
  } catch (error) {
    await dispose(building).catch((fault: unknown) =>
      log.error({ err: fault }, 'start failed, and some resources that it had opened could not be closed'),
    );
    throw error;
  }
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

function contextOn(building: Building, address: DatabaseAddress, { lookAgainMs }: ContextOptions): AppContext {
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
  const tools = {
    transactions,
    suggestionsDue: planning.due,
    onFault: notAdvanced(log),
    ...(lookAgainMs !== undefined && { lookAgainMs }),
  };
  const asking = openAsking(direct, tools, facts);
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
    reader: databaseReader(database, direct, facts.definitions, planner),
    planner,
    fronts: planner,
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
