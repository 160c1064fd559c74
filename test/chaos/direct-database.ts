import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Time limit in which a restarted server must be back. */
const patienceSeconds = 90;

/** Reads a database directly, past every proxy. */
export interface DirectDatabase {
  readonly name: string;
  /** Current address; PostgreSQL may have another port after a restart. */
  url(): string;
  /** Runs one statement, and runs it again while the server is unreachable. */
  ask<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Opens a direct database. Each statement has a connection of its own, because the server may be restarted in between. */
export function directDatabase(postgres: { url(database: string): string }, name: string): DirectDatabase {
  return {
    name,
    url: () => postgres.url(name),
    ask: (sql, values) => askPatiently(() => postgres.url(name), sql, values),
  };
}

/** Runs one statement on a connection of its own, and runs it again while the server is unreachable. */
export async function askPatiently<Row extends pg.QueryResultRow>(
  url: () => string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  for (const end = performance.now() + patienceSeconds * 1000; ; ) {
    try {
      return await once<Row>(url(), sql, values);
    } catch (error) {
      if (!isAway(error) || performance.now() > end) throw error;
      await delay(200);
    }
  }
}

async function once<Row extends pg.QueryResultRow>(url: string, sql: string, values: readonly unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // the statement reports the consequence
  try {
    await client.connect();
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The statements here are valid, so that any failure is due to the server's state. */
function isAway(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|53|57)/.test(error.code ?? '');
}
