import type pg from 'pg';
import type { Sessions } from './session.ts';
import { domainError } from './unreachable.ts';

/** A statement with its parameters: `$1` is the first. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs statements, one after another. */
export interface DirectConnection {
  /** @returns the rows; moments are Dates, JSON is parsed */
  rows(statement: Statement): Promise<unknown[]>;
}

/**
 * The driver under Prisma, on the same pool, for the few statements that workers wait for by the thousand: an interactive
 * transaction costs four times as much through Prisma. Statements have no names, so that they work behind a pooler and are planned
 * for the tables as they are.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; else the driver's errors
 */
export interface DirectDatabase extends DirectConnection {
  /** Runs work in one transaction; its first statement is sent together with BEGIN. An error of `work` rolls back. */
  transaction<T>(work: (connection: DirectConnection) => Promise<T>): Promise<T>;
}

/** Gives the pool of Prisma to statements of our own. */
export function directDatabase(pool: pg.Pool, sessions: () => Sessions | null): DirectDatabase {
  const begin = (): string => {
    const found = sessions();
    return found?.kind === 'pooled' ? `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ${found.settings}` : 'BEGIN';
  };
  const transaction: DirectDatabase['transaction'] = async (work) => {
    const client = await connected(pool);
    let failure: Error | undefined;
    try {
      await queried(client, { text: begin(), values: [] });
      const result = await work({ rows: (statement) => queried(client, statement) });
      await queried(client, { text: 'COMMIT', values: [] });
      return result;
    } catch (error) {
      // A connection whose rollback fails has rolled back already, and is not used again.
      failure = await client.query('ROLLBACK').then(
        () => undefined,
        (lost: unknown) => (lost instanceof Error ? lost : new Error(String(lost))),
      );
      throw error;
    } finally {
      client.release(failure);
    }
  };
  return {
    transaction,
    rows: async (statement) => {
      const client = await connected(pool);
      if (sessions()?.kind === 'pooled') {
        client.release();
        return transaction((connection) => connection.rows(statement));
      }
      let failure: Error | undefined;
      try {
        return await queried(client, statement);
      } catch (error) {
        if (error instanceof Error && !('severity' in error)) failure = error; // not the server's answer: the connection is lost
        throw error;
      } finally {
        client.release(failure);
      }
    },
  };
}

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw domainError(error);
  }
}

async function queried(client: pg.PoolClient, { text, values }: Statement): Promise<unknown[]> {
  try {
    const { rows } = values.length > 0 ? await client.query(text, [...values]) : await client.query(text);
    return rows ?? [];
  } catch (error) {
    throw domainError(error);
  }
}
