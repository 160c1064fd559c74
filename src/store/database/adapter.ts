import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { PooledSessions, Sessions } from './session.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;
type Query = Parameters<Adapter['queryRaw']>[0];
type Isolation = Parameters<Adapter['startTransaction']>[0];
/** The driver as Prisma uses it. */
type Driver = Pick<Adapter, keyof Adapter>;

/** Connects the driver that Prisma works with. */
export interface DriverFactory {
  readonly provider: Adapter['provider'];
  readonly adapterName: string;
  connect(): Promise<Driver>;
}

/**
 * Makes Prisma's driver for PostgreSQL. Behind a pooler every transaction begins with our settings, and a single statement becomes
 * a transaction, because two statements may meet two sessions.
 *
 * @param sessions known once the pool has connected for the first time; null before
 */
export function driver(pool: pg.Pool, schema: string, sessions: () => Sessions | null): DriverFactory {
  const inner = new PrismaPg(pool, { schema, disposeExternalPool: true });
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => withSessions(await inner.connect(), sessions),
  };
}

function withSessions(adapter: Adapter, sessions: () => Sessions | null): Driver {
  const known = async (): Promise<Sessions> => sessions() ?? firstSessions(adapter, sessions);
  const run = async <T>(query: (on: Adapter | Transaction) => Promise<T>): Promise<T> => {
    const found = await known();
    return found.kind === 'own' ? query(adapter) : inOwnTransaction(adapter, found, query);
  };
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => run((on) => on.queryRaw(query)),
    executeRaw: (query) => run((on) => on.executeRaw(query)),
    startTransaction: async (isolation) => {
      const found = await known();
      return found.kind === 'own' ? adapter.startTransaction(isolation) : begin(adapter, found, isolation);
    },
    executeScript: (script) => adapter.executeScript(script),
    getConnectionInfo: () => adapter.getConnectionInfo(),
    dispose: () => adapter.dispose(),
    underlyingDriver: () => adapter.underlyingDriver(),
  };
}

/** Connects, which tells the kind of sessions; while the server is unreachable it fails as any statement does. */
async function firstSessions(adapter: Adapter, sessions: () => Sessions | null): Promise<Sessions> {
  for (;;) {
    await adapter.queryRaw(statement('SELECT 1'));
    const found = sessions();
    if (found !== null) return found;
  }
}

/** Begins a transaction with our settings. */
async function begin(adapter: Adapter, { settings }: PooledSessions, isolation?: Isolation): Promise<Transaction> {
  const transaction = await adapter.startTransaction(isolation);
  const level = isolation === undefined ? 'ISOLATION LEVEL READ COMMITTED, ' : '';
  await orRollback(transaction, () => transaction.executeRaw(statement(`SET TRANSACTION ${level}READ WRITE; ${settings}`)));
  return transaction;
}

async function inOwnTransaction<T>(adapter: Adapter, found: PooledSessions, query: (on: Transaction) => Promise<T>): Promise<T> {
  const transaction = await begin(adapter, found);
  const result = await orRollback(transaction, async () => {
    const done = await query(transaction);
    await transaction.executeRaw(statement('COMMIT'));
    return done;
  });
  await transaction.commit();
  return result;
}

/** Rolls back and releases the connection of a failed transaction. The first error is the one to report. */
async function orRollback<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await transaction.executeRaw(statement('ROLLBACK')).catch(() => undefined); // a lost connection has rolled back already
    await transaction.rollback();
    throw error;
  }
}

function statement(sql: string): Query {
  return { sql, args: [], argTypes: [] };
}
