import { appendFile, chmod, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { writeWhole } from '../files/whole-file.ts';
import { serverAccount } from './account.ts';
import { DATABASE_USER, prepareCluster } from './cluster.ts';
import { EmbeddedPostgresError, type EmbeddedPostgresLostError } from './errors.ts';
import { clusterHome, recordedHome } from './home.ts';
import { preparePostgres } from './installation.ts';
import { anyFreePort, choosePort } from './port.ts';
import { isRunning, type LaunchOptions, launch, type Postmaster, runningPostmaster, statusOf, stop } from './postmaster.ts';
import { keepRunning } from './watch.ts';

/** How the PostgreSQL of a data folder is started. */
export interface EmbeddedPostgresOptions {
  /** Holds the cluster, the password, the port and the server's log. The caller holds its lock. */
  readonly dataFolder: string;
  readonly log: (message: string) => void;
  /** False: nothing is synced to disk, for tests. Default true. */
  readonly durable?: boolean;
  /**
   * Where it is given, the server is watched, and started again on its port when it ends without us. This is called
   * once, where that is in vain.
   */
  readonly onLost?: (error: EmbeddedPostgresLostError) => void;
}

/** A PostgreSQL of our own. Disposing it stops the server, whoever started it. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Address of the database `clavier`, password included. */
  readonly url: string;
  /** True where the server of an earlier process still ran. */
  readonly adopted: boolean;
  /** Of the server as it was started; one that is started again has another. */
  readonly pid: number;
}

const DATABASE = 'clavier';
/** Recovery after a crash replays what was written since the last checkpoint: seconds, on a slow disk more. */
const START_LIMIT_MS = 120_000;
const LOG_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * Starts the PostgreSQL of a data folder, or adopts the one that an earlier process left running. It listens on
 * 127.0.0.1 only, on a port of its own, with a random password kept in `postgres-password` (mode 600).
 *
 * @throws EmbeddedPostgresError with the end of the server's log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  await mkdir(options.dataFolder, { recursive: true });
  // One name for one folder: a running server is recognised by the path it was started with.
  const dataFolder = await realpath(options.dataFolder);
  const account = await serverAccount(join((await recordedHome(dataFolder)) ?? dataFolder, 'postgres'), options.log);
  const home = await clusterHome(dataFolder, account, options.log);
  const installation = await preparePostgres(home, account);
  const { cluster, password } = await prepareCluster({ dataFolder, home, account, installation, durable });
  const logFile = await openLog(join(dataFolder, 'postgres.log'));
  const portFile = join(dataFolder, 'postgres-port');
  const attempt = { cluster, account, installation, logFile, durable };
  const { server, adopted } = await startOrAdopt(attempt, await choosePort(portFile));
  await writeWhole(portFile, `${server.port}\n`, 0o644);
  const url = (database: string): string => `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${server.port}/${database}`;
  try {
    await createDatabase(url('postgres'), DATABASE);
  } catch (cause) {
    if (!adopted) await stop(server);
    throw new EmbeddedPostgresError(`PostgreSQL runs but refuses us: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  options.log(`PostgreSQL ${adopted ? 'was running already' : 'runs'} on 127.0.0.1:${server.port} (process ${server.identity.pid})`);
  const found = { url: url(DATABASE), adopted, pid: server.identity.pid };
  if (options.onLost === undefined) return { ...found, [Symbol.asyncDispose]: () => stop(server) };
  const restart = async (): Promise<Postmaster> => (await startOrAdopt(attempt, server.port, 'this port only')).server;
  return { ...found, [Symbol.asyncDispose]: keepRunning(server, { restart, log: options.log, onLost: options.onLost }) };
}

type Attempt = Omit<LaunchOptions, 'port'>;

/** What a failed start says in the log, and what to do: both pass by themselves, or with another port. */
const PORT_TAKEN = /could not bind|Address already in use/;
/** After a kill of the postmaster alone, its sessions need a moment to notice. */
const STILL_OCCUPIED = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

async function startOrAdopt(
  attempt: Attempt,
  wantedPort: number,
  ports: 'any port' | 'this port only' = 'any port',
): Promise<{ server: Postmaster; adopted: boolean }> {
  const deadline = performance.now() + START_LIMIT_MS;
  const passes = ports === 'any port' ? [PORT_TAKEN, STILL_OCCUPIED] : [STILL_OCCUPIED];
  let port = wantedPort;
  for (;;) {
    const running = await runningPostmaster(attempt.cluster);
    if (running !== null && (await becomesReady(attempt.cluster, running, deadline))) {
      // Asked again: an adopted server that was just starting may not have written its port before.
      return { server: (await runningPostmaster(attempt.cluster)) ?? running, adopted: true };
    }
    if (running !== null && performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL, process ${running.identity.pid}, runs but is not ready after ${START_LIMIT_MS / 1000} s: see ${attempt.logFile}`,
      );
    }
    if (running !== null) continue;
    const from = (await stat(attempt.logFile)).size;
    const server = await launch({ ...attempt, port });
    if (await becomesReady(attempt.cluster, server, deadline)) return { server, adopted: false };
    const said = await readFrom(attempt.logFile, from);
    if (performance.now() > deadline || !passes.some((words) => words.test(said))) {
      await stop(server);
      throw new EmbeddedPostgresError(`PostgreSQL did not start. The end of ${attempt.logFile}:\n${said.trim().slice(-4000)}`);
    }
    if (PORT_TAKEN.test(said)) port = await anyFreePort();
    else await pause(200);
  }
}

/** False where it ended first, or the time is up. */
async function becomesReady(cluster: string, server: Postmaster, deadline: number): Promise<boolean> {
  while (isRunning(server.identity) && performance.now() < deadline) {
    if ((await statusOf(cluster, server)) === 'ready') return true;
    await pause(20);
  }
  return false;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** One earlier log is kept once the log has grown. */
async function openLog(file: string): Promise<string> {
  await appendFile(file, '', { mode: 0o600 });
  if ((await stat(file)).size > LOG_LIMIT_BYTES) {
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
