import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A server that was restarted is back within this, or something is wrong. */
const patienceSeconds = 90;

/** Looks into a database past every proxy. */
export interface DirectDatabase {
  readonly name: string;
  /** Its address now: PostgreSQL may have another port after a restart. */
  url(): string;
  /** Runs one statement; again where the server is away. */
  ask<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Each statement has a connection of its own: the server may be another one by the next. */
export function directDatabase(postgres: { url(database: string): string }, name: string): DirectDatabase {
  return {
    name,
    url: () => postgres.url(name),
    ask: (sql, values) => askPatiently(() => postgres.url(name), sql, values),
  };
}

/** Runs one statement on a connection of its own; again where the server is away. */
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
  client.on('error', () => undefined); // what it means for the statement, the statement says
  try {
    await client.connect();
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Statements here are right, so that whatever is no answer to one is the server's state. */
function isAway(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|53|57)/.test(error.code ?? '');
}
