import { PrismaPg } from '@prisma/adapter-pg';
import { type CommitName, faultPoint } from '../../shared/fault-points.ts';
import { Prisma, PrismaClient } from '../generated/client.ts';

/** A connection pool on PostgreSQL, behind Prisma. Owns its connections. */
export type Database = PrismaClient & AsyncDisposable;

/** A Prisma client or one of its transactions: what a single statement needs. */
export type Connection = Prisma.TransactionClient;

/** How often work that lost a race (deadlock, serialisation failure) is run again. */
const attemptsAtMost = 5;
/** Waiting for a free connection, or for a server that does not answer, ends here: under a lease, so that a heartbeat gets another try. */
const connectMs = 10_000;
/** A connection that says nothing is asked whether the other side still lives: a server that vanished is noticed by the system. */
const keepAliveMs = 10_000;
/** A transaction must begin (longer than `connectMs`, whose message says more) and end within these. */
const transactionMs = { maxWait: 15_000, timeout: 60_000 };
/** As long as a transaction may last: a statement that waits longer for a lock waits for somebody who is stuck. */
const statementSeconds = 60;
/** A process that was stopped in the middle of a transaction (a machine asleep) gives its locks back after this, long before others give up. */
const idleInTransactionMs = 30_000;
/** An export reads a million trials in pages, each a short statement; it locks nothing, but a snapshot this old keeps dead rows. */
const snapshotMs = { maxWait: 15_000, timeout: 600_000 };

/** How a pool is opened. */
export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most, per process. */
  readonly connections: number;
  /** How long one statement may take, waiting for locks included; the server ends it then. Default 60. */
  readonly statementSeconds?: number;
}

/** Opens a pool. No connection is made before the first statement. A limit that is part of the address wins. */
export function openDatabase(options: DatabaseOptions): Database {
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    statement_timeout: (options.statementSeconds ?? statementSeconds) * 1000,
    idle_in_transaction_session_timeout: idleInTransactionMs,
  });
  const client = new PrismaClient({ adapter });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.$disconnect() });
}

/**
 * Runs work in one transaction, again from the start when the database chose it as the loser of a race.
 *
 * @param names what the transaction turned out to do, asked for each time the work is done: the fault points `before` are
 * the last thing in the transaction, those `after` the first once it is committed
 * @param limits how long it may last in place of a minute
 */
export async function inTransaction<T>(
  database: Database,
  work: (tx: Connection) => Promise<T>,
  names: () => Iterable<CommitName> = nothingNamed,
  limits?: { readonly timeoutSeconds: number },
): Promise<T> {
  const { maxWait, timeout } = transactionMs;
  let committing: readonly CommitName[] = [];
  const result = await retried(() =>
    database.$transaction(
      async (tx) => {
        const done = await work(tx);
        committing = [...names()];
        for (const name of committing) await faultPoint(`${name}.before`);
        return done;
      },
      { maxWait, timeout: limits ? limits.timeoutSeconds * 1000 : timeout },
    ),
  );
  for (const name of committing) await faultPoint(`${name}.after`);
  return result;
}

function nothingNamed(): CommitName[] {
  return [];
}

/** Runs a single statement, which commits by itself, between its fault points; again when the database chose it as the loser of a race. */
export async function inStatement<T>(name: CommitName, work: () => Promise<T>): Promise<T> {
  await faultPoint(`${name}.before`);
  const result = await retried(work);
  await faultPoint(`${name}.after`);
  return result;
}

/** Runs reads in one transaction that sees a single state of the database, however long it lasts. */
export function inSnapshot<T>(database: Database, work: (tx: Connection) => Promise<T>): Promise<T> {
  const patiently = async (tx: Connection): Promise<T> => {
    // A verification may think for long between two pages, and nobody waits for locks of reads.
    await tx.$queryRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(snapshotMs.timeout)}, true)`;
    return work(tx);
  };
  return database.$transaction(patiently, { ...snapshotMs, isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead });
}

/** Runs a statement that locks several rows, again when the database chose it as the loser of a race: nothing of it was stored then. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLostRace(error) || attempt === attemptsAtMost) throw error;
    }
  }
}

/** Deadlock (40P01) or serialisation failure (40001), in Prisma's wrapping (P2034) or its driver's. */
function isLostRace(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return error.code === 'P2034' || /40P01|40001/.test(JSON.stringify(error.meta ?? {}));
  return false;
}
