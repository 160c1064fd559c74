import { appendFile, chmod, open, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { makeFolder } from '../../shared/make-folder.ts';
import { writeWhole } from '../files/whole-file.ts';
import { serverAccount } from './account.ts';
import { databaseUser, prepareCluster } from './cluster.ts';
import { EmbeddedPostgresError, type EmbeddedPostgresLostError, throwIfDiskFull } from './errors.ts';
import { clusterHome, recordedHome } from './home.ts';
import { preparePostgres } from './installation.ts';
import { anyFreePort, choosePort } from './port.ts';
import { isRunning, killAtOnce, type LaunchOptions, launch, type Postmaster, runningPostmaster, statusOf, stop } from './postmaster.ts';
import { guardServer } from './server-guard.ts';
import { keepRunning } from './watch.ts';

/** Options to start the PostgreSQL of a data folder. */
export interface EmbeddedPostgresOptions {
  /** Contains the cluster, the password, the port and the server's log. The caller holds its lock. */
  readonly dataFolder: string;
  readonly log: (message: string) => void;
  /** Called before every start of a server. Rejects when the data folder is locked by another process now. */
  readonly confirmLock?: (() => Promise<void>) | undefined;
  /** False skips syncing to disk, for tests. Default true. */
  readonly durable?: boolean;
  /**
   * If it is given, the server is watched and restarted on its port whenever it ends unexpectedly. Called once, when
   * restarting has failed for good.
   */
  readonly onLost?: (error: EmbeddedPostgresLostError) => void;
}

/** An embedded PostgreSQL. Disposing it stops the server, also one that an earlier process started. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Kills the server and ends the watch: another process may use the cluster now. */
  kill(): void;
  /** Address of the database `clavier`, password included. */
  readonly url: string;
  /** True when the server of an earlier process was still running. */
  readonly adopted: boolean;
  /** Process id of the server at the start; a restarted server has another. */
  readonly pid: number;
}

const databaseName = 'clavier';
/** Takes precedence over PGSSLMODE, PGOPTIONS and their kind in the environment, which are meant for another server. */
const addressParameters = 'sslmode=disable&sslnegotiation=postgres&options=-c%20TimeZone%3DUTC';
/** Recovery after a crash replays the writes since the last checkpoint, which takes seconds, or longer on a slow disk. */
const startLimitMs = 120_000;
const logLimitBytes = 8 * 1024 * 1024;

/**
 * Starts the PostgreSQL of a data folder, or adopts the one that an earlier process left running. It listens only on
 * 127.0.0.1, on its own port, with a random password stored in `postgres-password` (mode 600).
 *
 * @throws EmbeddedPostgresError with the end of the server's log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  await makeFolder(options.dataFolder);
  // Resolved, because a running server is recognised by the path that it was started with.
  const dataFolder = await realpath(options.dataFolder);
  const account = await serverAccount(join((await recordedHome(dataFolder)) ?? dataFolder, 'postgres'), options.log);
  const home = await clusterHome(dataFolder, account, options.log);
  const installation = await preparePostgres(home, account);
  const { cluster, password } = await prepareCluster({ dataFolder, home, account, installation, durable });
  const logFile = await openLog(join(dataFolder, 'postgres.log'));
  const portFile = join(dataFolder, 'postgres-port');
  const attempt = { cluster, account, installation, logFile, durable, confirmLock: options.confirmLock };
  const urlOn = (port: number, database: string): string =>
    `postgresql://${databaseUser}:${password}@127.0.0.1:${port}/${database}?${addressParameters}`;
  const { server, adopted } = await startReachable(attempt, portFile, (port) => urlOn(port, 'postgres'));
  const began = adopted ? 'adopted the embedded PostgreSQL of an earlier process' : 'started the embedded PostgreSQL';
  options.log(`${began}: 127.0.0.1:${server.port}, process ${server.identity.pid}`);
  const guarding = { home, account, log: options.log };
  let guard = await guardServer(server, guarding);
  const restart = async (): Promise<Postmaster> => {
    const again = (await startOrAdopt(attempt, server.port, 'this port only')).server;
    await guard[Symbol.asyncDispose]();
    guard = await guardServer(again, guarding);
    return again;
  };
  const { onLost } = options;
  const running =
    onLost === undefined
      ? { stop: () => stop(server), kill: () => killAtOnce(server) }
      : keepRunning(server, { restart, log: options.log, onLost });
  return {
    url: urlOn(server.port, databaseName),
    adopted,
    pid: server.identity.pid,
    kill: running.kill,
    async [Symbol.asyncDispose]() {
      await running.stop();
      await guard[Symbol.asyncDispose]();
    },
  };
}

type Attempt = Omit<LaunchOptions, 'port'> & Pick<EmbeddedPostgresOptions, 'confirmLock'>;

/** Log lines of a start that failed because its port was taken; another port helps. */
const portTaken = /could not bind|Address already in use/;
/** Log lines of a start that failed because the sessions of a killed postmaster still run; they end after a moment. */
const stillOccupied = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

interface Started {
  readonly server: Postmaster;
  readonly adopted: boolean;
}

/**
 * Starts or adopts a server, and creates our database on it. A server that was killed a moment ago may still look alive: if the one that
 * was adopted refuses the connection and ends, another is started.
 */
async function startReachable(attempt: Attempt, portFile: string, urlOn: (port: number) => string): Promise<Started> {
  for (;;) {
    const started = await startOrAdopt(attempt, await choosePort(portFile));
    const { server, adopted } = started;
    await writeWhole(portFile, `${server.port}\n`, 0o644);
    try {
      await createDatabase(urlOn(server.port), databaseName);
      return started;
    } catch (cause) {
      if (adopted && (await endsSoon(server))) continue;
      if (!adopted) await stop(server);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EmbeddedPostgresError(`PostgreSQL runs but refuses the connection: ${reason}`, { cause });
    }
  }
}

/** True if a server's process ends within two seconds. */
async function endsSoon({ identity }: Postmaster): Promise<boolean> {
  for (const end = performance.now() + 2000; performance.now() < end; await pause(20)) if (!isRunning(identity)) return true;
  return false;
}

async function startOrAdopt(attempt: Attempt, wantedPort: number, ports: 'any port' | 'this port only' = 'any port'): Promise<Started> {
  const deadline = performance.now() + startLimitMs;
  const passes = ports === 'any port' ? [portTaken, stillOccupied] : [stillOccupied];
  let port = wantedPort;
  for (;;) {
    const running = await runningPostmaster(attempt.cluster);
    if (running !== null && (await becomesReady(attempt.cluster, running, deadline))) {
      // Read again: an adopted server that was still starting may not have written its port before.
      return { server: (await runningPostmaster(attempt.cluster)) ?? running, adopted: true };
    }
    if (running !== null && performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL, process ${running.identity.pid}, runs but is not ready after ${startLimitMs / 1000} s: see ${attempt.logFile}`,
      );
    }
    if (running !== null) continue;
    const from = (await stat(attempt.logFile)).size;
    await attempt.confirmLock?.();
    const server = await launch({ ...attempt, port });
    if (await becomesReady(attempt.cluster, server, deadline)) return { server, adopted: false };
    const said = await readFrom(attempt.logFile, from);
    if (performance.now() > deadline || !passes.some((words) => words.test(said))) {
      await stop(server);
      throwIfDiskFull(said, attempt.cluster);
      throw new EmbeddedPostgresError(`PostgreSQL did not start. The end of ${attempt.logFile}:\n${said.trim().slice(-4000)}`);
    }
    if (portTaken.test(said)) port = await anyFreePort();
    else await pause(200);
  }
}

/** Waits until a server is ready. False when it ended first or the time is up. */
async function becomesReady(cluster: string, server: Postmaster, deadline: number): Promise<boolean> {
  while (isRunning(server.identity) && performance.now() < deadline) {
    if ((await statusOf(cluster, server)) === 'ready') return true;
    await pause(20);
  }
  return false;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a lost connection fails the statement
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Creates the log file if it is missing, and rotates it, keeping one earlier log, when it exceeds its size limit. */
async function openLog(file: string): Promise<string> {
  await appendFile(file, '', { mode: 0o600 });
  if ((await stat(file)).size > logLimitBytes) {
    await rename(file, `${file}.1`);
    await appendFile(file, '', { mode: 0o600 });
  }
  await chmod(file, 0o600);
  return file;
}

async function readFrom(file: string, position: number): Promise<string> {
  await using handle = await open(file, 'r');
  const size = Math.max(0, (await handle.stat()).size - position);
  const { buffer } = await handle.read({ buffer: Buffer.alloc(size), position });
  return buffer.toString('utf8');
}
