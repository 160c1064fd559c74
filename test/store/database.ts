import { inject } from 'vitest';
import { newDatabaseName, runSql, withDatabase } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a database of the server that the run shares. */
    databaseServer: string;
    /** Name of its database that has all migrations and no rows. */
    templateDatabase: string;
  }
}

/** A database of one test file; disposing it drops it, whoever is connected. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** A new database with all migrations, cloned from the template of the run. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${inject('templateDatabase')}`);
}

/** A new database with nothing in it. */
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
