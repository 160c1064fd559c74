import pg from 'pg';
import { UsageError } from '../exit-codes.ts';
import type { Query } from './sql-rows.ts';

/** Longest time to wait for a connection. */
const connectMs = 10_000;

/**
 * Runs queries on a PostgreSQL database, all on one state of it.
 *
 * @param address as libpq and SQLAlchemy write it, without a driver
 * @throws UsageError if there is no connection. The message does not have the address, which may contain a password.
 */
export async function withPostgres<Result>(address: string, work: (query: Query) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: connectMs });
  // Without a listener, a connection that breaks between two queries would end the process; the next query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new UsageError(`cannot connect to the PostgreSQL of the Optuna storage: ${error instanceof Error ? error.message : error}`);
  }
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(async (statement, values) => (await client.query(statement, [...values])).rows);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}
