import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './generated/client.ts';

/** A connection pool on PostgreSQL, behind Prisma. Owns its connections. */
export type Database = PrismaClient & AsyncDisposable;

/** A Prisma client or one of its transactions: what a single statement needs. */
export type Connection = Prisma.TransactionClient;

/** How often a transaction that lost a race (deadlock, serialisation failure) is run again. */
const transactionAttempts = 5;

/**
 * Opens a pool. No connection is made before the first statement.
 *
 * @param options `connections`: the most at once, per process
 */
export function openDatabase(options: { readonly url: string; readonly connections: number }): Database {
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: options.url, max: options.connections }) });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.$disconnect() });
}

/** Runs work in one transaction, again from the start when the database chose it as the loser of a race. */
export async function inTransaction<T>(database: Database, work: (tx: Connection) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.$transaction(work, { maxWait: 15_000, timeout: 60_000 });
    } catch (error) {
      if (!isLostRace(error) || attempt === transactionAttempts) throw error;
    }
  }
}

/** Deadlock (40P01) or serialisation failure (40001), in Prisma's wrapping (P2034) or its driver's. */
function isLostRace(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return error.code === 'P2034' || /40P01|40001/.test(JSON.stringify(error.meta ?? {}));
  return false;
}
