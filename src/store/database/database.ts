import pg from 'pg';
import { type CommitName, faultPoint } from '../../shared/fault-points.ts';
import { tell } from '../../shared/telemetry.ts';
import { Prisma, PrismaClient } from '../generated/client.ts';
import { type DriverFactory, driver } from './adapter.ts';
import type { DatabaseAddress } from './address.ts';
import { type DirectDatabase, directDatabase, planSettings } from './direct.ts';
import { prepareSession, type SessionSettings, type Sessions, sessionSettings } from './session.ts';
import { domainError } from './unreachable.ts';

/** A connection pool to PostgreSQL behind Prisma. Disposing it closes its connections. */
export type Database = ReturnType<typeof openClient> & AsyncDisposable;

/** A Prisma client or one of its transactions: enough to run a statement. */
export type Connection = Parameters<Parameters<Database['$transaction']>[0]>[0];

/** Most attempts of work that PostgreSQL aborts because of a deadlock or a serialisation failure. */
const maxAttempts = 5;
/** Time limit for a free connection or for a server that does not answer. Below a lease, so that a heartbeat gets another try. */
const connectMs = 10_000;
/** Idle time before TCP keep-alive probes, by which the system notices a server that vanished. */
const keepAliveMs = 10_000;
/** Time limits to begin a transaction (longer than `connectMs`, whose message says more) and to end it. */
const transactionMs = { maxWait: 15_000, timeout: 60_000 };
/** Equal to the limit of a transaction: a statement that waits longer for a lock waits for a stuck process. */
const statementSeconds = 60;
/** A process suspended in the middle of a transaction (a sleeping machine) loses its locks after this time, long before others give up. */
const idleInTransactionMs = 30_000;
/** An export reads a million trials in pages, each with a short statement. It locks nothing, but an old snapshot keeps dead rows, hence the limit. */
const snapshotMs = { maxWait: 15_000, timeout: 600_000 };

/** Runs a read and returns its rows, through Prisma or on the driver. */
export type ReadRows = (statement: Prisma.Sql) => Promise<unknown>;

/** Reads through Prisma, in its transaction if it is one. */
export function readsOf(connection: Connection): ReadRows {
  return (statement) => connection.$queryRaw(statement);
}

/** Options of a pool. */
export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  /** Most connections, per process. */
  readonly connections: number;
  /** Time limit of a statement, waiting for locks included, after which the server cancels it. Default 60. */
  readonly statementSeconds?: number;
  /** Told the pool's counts of connections, which it can read at any time. */
  readonly onPool?: (counts: PoolCounts) => void;
}

/** The connections of a pool, and the requests that wait for one. */
export type PoolCounts = Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'>;

/** Opens a pool. It connects at the first statement. Limits given in the address take precedence. */
export function openDatabase(options: DatabaseOptions): Database {
  const { pool, sessions } = openPool(options, {});
  const client = openClient(driver(pool, options.address.schema, sessions));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.$disconnect() });
}

/** Opens a pool for single statements on the driver, as `openDatabase`. */
export function openDirectDatabase(options: DatabaseOptions): DirectDatabase {
  const { pool, sessions } = openPool(options, planSettings);
  return directDatabase(pool, sessions);
}

function openPool({ address, connections, ...options }: DatabaseOptions, more: SessionSettings) {
  const statementMs = (options.statementSeconds ?? statementSeconds) * 1000;
  const settings = { ...sessionSettings(address, { statementMs, idleInTransactionMs }), ...more };
  let sessions: Sessions | null = null;
  const pool = new pg.Pool({
    connectionTimeoutMillis: connectMs,
    ...address.client,
    ssl: address.tls[0],
    max: Math.min(connections, address.maxConnections ?? connections),
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    onConnect: async (client) => {
      sessions = await prepareSession(client, settings, connectMs);
    },
  });
  options.onPool?.(pool);
  return { pool, sessions: () => sessions };
}

/** A client whose statements, inside and outside of transactions, throw a DatabaseUnreachableError while the database is unreachable. */
function openClient(adapter: DriverFactory) {
  return new PrismaClient({ adapter }).$extends({
    query: {
      $allOperations: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          throw domainError(error);
        }),
    },
  });
}

/**
 * Runs work in one transaction. On a deadlock or a serialisation failure it is run again from the start, up to 5 times in all.
 *
 * @param names returns the commits that the transaction makes, called each time the work is done. Their fault points
 * `before` are the last thing in the transaction, those `after` the first thing after the commit.
 * @param limits time limit of the transaction in place of a minute
 * @throws the error of `work`; DatabaseUnreachableError; the client's error on the last lost race
 */
export async function inTransaction<T>(
  database: Database,
  work: (tx: Connection) => Promise<T>,
  names: () => Iterable<CommitName> = nothingNamed,
  limits?: { readonly timeoutSeconds: number },
): Promise<T> {
  const { maxWait, timeout } = transactionMs;
  let committing: readonly CommitName[] = [];
  const named = async (tx: Connection): Promise<T> => {
    const done = await work(tx);
    committing = [...names()];
    for (const name of committing) await faultPoint(`${name}.before`);
    return done;
  };
  const result = await retried(() => transaction(database, named, { maxWait, timeout: limits ? limits.timeoutSeconds * 1000 : timeout }));
  tell('committed', null);
  for (const name of committing) await faultPoint(`${name}.after`);
  return result;
}

function nothingNamed(): CommitName[] {
  return [];
}

/** Runs a single statement, which commits by itself, between its fault points. Retries as `retried` does. */
export async function inStatement<T>(name: CommitName, work: () => Promise<T>): Promise<T> {
  await faultPoint(`${name}.before`);
  const result = await retried(work);
  tell('committed', null);
  await faultPoint(`${name}.after`);
  return result;
}

/** Runs reads in one transaction that sees a single snapshot of the database. It may last 10 minutes. */
export function inSnapshot<T>(database: Database, work: (tx: Connection) => Promise<T>): Promise<T> {
  const patiently = async (tx: Connection): Promise<T> => {
    // A verification may compute for long between two pages, and its reads hold no lock that others wait for.
    await tx.$queryRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(snapshotMs.timeout)}, true)`;
    return work(tx);
  };
  return transaction(database, patiently, { ...snapshotMs, isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead });
}

/** Runs a transaction. An error of `work` is thrown as it is; one of its beginning or its commit as a domain error. */
async function transaction<T>(
  database: Database,
  work: (tx: Connection) => Promise<T>,
  options: Parameters<Database['$transaction']>[1],
): Promise<T> {
  let fromWork: { readonly error: unknown } | null = null;
  const watched = async (tx: Connection): Promise<T> => {
    try {
      return await work(tx);
    } catch (error) {
      fromWork = { error };
      throw error;
    }
  };
  try {
    return await database.$transaction(watched, options);
  } catch (error) {
    throw fromWork === null ? domainError(error) : error;
  }
}

/** Runs a statement that locks several rows, and runs it again on a deadlock or a serialisation failure, which store nothing. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLostRace(error) || attempt === maxAttempts) throw error;
    }
  }
}

/** Recognises a deadlock (40P01) or a serialisation failure (40001), in the wrapping of Prisma (P2034) or of its driver, or bare. */
function isLostRace(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code === '40P01' || error.code === '40001';
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return error.code === 'P2034' || /40P01|40001/.test(JSON.stringify(error.meta ?? {}));
  return false;
}
