import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Sessions } from './session.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;
type Query = Parameters<Adapter['queryRaw']>[0];
type Isolation = Parameters<Adapter['startTransaction']>[0];

/** The driver that Prisma works with. */
export interface DriverFactory {
  readonly provider: Adapter['provider'];
  readonly adapterName: string;
  connect(): Promise<Pick<Adapter, keyof Adapter>>;
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
    connect: async () => settled(await inner.connect(), sessions),
  };
}

function settled(adapter: Adapter, sessions: () => Sessions | null): Pick<Adapter, keyof Adapter> {
  const found = async (): Promise<Sessions> => {
    let known = sessions();
    // The first statement connects, which tells the kind of sessions; while the server is away it fails as any statement does.
    for (; known === null; known = sessions()) await adapter.queryRaw(statement('SELECT 1'));
    return known;
  };
  const begun = async (isolation: Isolation, { settings }: Sessions & { kind: 'pooled' }): Promise<Transaction> => {
    const transaction = await adapter.startTransaction(isolation);
    const mode = isolation === undefined ? 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE' : 'SET TRANSACTION READ WRITE';
    await orRollback(transaction, () => transaction.executeRaw(statement(`${mode}; ${settings}`)));
    return transaction;
  };
  const alone = async <T>(known: Sessions & { kind: 'pooled' }, work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const transaction = await begun(undefined, known);
    const result = await orRollback(transaction, async () => {
      const done = await work(transaction);
      await transaction.executeRaw(statement('COMMIT'));
      return done;
    });
    await transaction.commit();
    return result;
  };
  const either = async <T>(own: () => Promise<T>, pooled: (known: Sessions & { kind: 'pooled' }) => Promise<T>): Promise<T> => {
    const known = sessions() ?? (await found());
    return known.kind === 'own' ? own() : pooled(known);
  };
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) =>
      either(
        () => adapter.queryRaw(query),
        (known) => alone(known, (transaction) => transaction.queryRaw(query)),
      ),
    executeRaw: (query) =>
      either(
        () => adapter.executeRaw(query),
        (known) => alone(known, (transaction) => transaction.executeRaw(query)),
      ),
    startTransaction: (isolation) =>
      either(
        () => adapter.startTransaction(isolation),
        (known) => begun(isolation, known),
      ),
    executeScript: (script) => adapter.executeScript(script),
    getConnectionInfo: () => adapter.getConnectionInfo(),
    dispose: () => adapter.dispose(),
    underlyingDriver: () => adapter.underlyingDriver(),
  };
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
