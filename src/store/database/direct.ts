import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Sessions } from './session.ts';
import { domainError } from './unreachable.ts';

/** A statement with its parameters: `$1` is the first. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Runs single statements, each of which commits by itself, on the driver: for the few that workers wait for by the thousand.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; else the driver's errors
 */
export interface DirectDatabase extends AsyncDisposable {
  /** @returns the rows; moments are Dates, JSON is parsed */
  rows(statement: Statement): Promise<unknown[]>;
  /** Runs several statements in one transaction, for the few requests that need it. An error of `work` rolls it back. */
  transaction<T>(work: (rows: DirectDatabase['rows']) => Promise<T>): Promise<T>;
}

/** Gives a pool to statements of our own. Disposing it closes the pool. */
export function directDatabase(pool: pg.Pool, sessions: () => Sessions | null): DirectDatabase {
  pool.on('error', () => undefined); // a lost idle connection is replaced
  pool.on('connect', (client) => client.on('error', () => undefined)); // one lost at work fails its statement; unheard, it would end the process
  const settingsOf = (): string | null => {
    const found = sessions();
    return found?.kind === 'pooled' ? found.settings : null;
  };
  return {
    rows: (statement) =>
      withClient(pool, async (client) => {
        const settings = settingsOf();
        return settings === null ? prepared(client, statement) : inTransaction(client, settings, (rows) => rows(statement));
      }),
    transaction: (work) => withClient(pool, (client) => inTransaction(client, settingsOf() ?? '', work)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** A connection that the server no longer answers on is not used again. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connected(pool);
  let lost: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) && error instanceof Error) lost = error; // not the server's answer
    throw domainError(error);
  } finally {
    client.release(lost);
  }
}

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw domainError(error);
  }
}

const names = new Map<string, string>();

/** Planned once for each connection, as `planSettings` says. */
async function prepared(client: pg.PoolClient, { text, values }: Statement): Promise<unknown[]> {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 24);
  names.set(text, name);
  return (await client.query({ name, text, values: [...values] })).rows;
}

/** Behind a pooler two statements may meet two sessions: no statement is prepared, and each transaction has our settings. */
async function inTransaction<T>(client: pg.PoolClient, settings: string, work: (rows: DirectDatabase['rows']) => Promise<T>): Promise<T> {
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ${settings}`);
    const done = await work(async ({ text, values }) => (await client.query(text, [...values])).rows);
    await client.query('COMMIT');
    return done;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // a lost connection has rolled back already
    throw error;
  }
}

/**
 * Settings of the sessions that prepare statements. A plan is kept, and may have been made while the tables were empty: these keep the
 * planner from scans of whole tables, which would be right then and ruinous later. Every statement finds its rows by an index.
 */
export const planSettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
};
