import { inject } from 'vitest';
import { newDatabaseName, runSql, withDatabase } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a database on the server that the run shares. */
    databaseServer: string;
    /** Name of its database with all migrations and no rows. */
    templateDatabase: string;
  }
}

/** A database of one test file. Disposing it drops it, even if there are connections. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Creates a database with all migrations, cloned from the template of the run. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${inject('templateDatabase')}`);
}

/** Creates an empty database. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('');
}

async function create(options: string): Promise<TestDatabase> {
  const server = inject('databaseServer');
  const name = newDatabaseName('test');
  await runSql(server, `CREATE DATABASE ${name} ${options}`);
  return {
    url: withDatabase(server, name),
    async [Symbol.asyncDispose]() {
      await runSql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
