import sqlite from 'node-sqlite3-wasm';
import { makeStorage, type Run } from './storage-fixture.ts';

/** Opens a new SQLite file. Disposing it closes it. */
export function newSqlite(path: string): { readonly run: Run } & Disposable {
  const database = new sqlite.Database(path);
  return {
    run: async (statement, values = []) => {
      database.run(statement, Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value])));
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Makes a SQLite file with the studies of the fixture. */
export async function makeSqliteStorage(path: string, schema?: string): Promise<void> {
  using database = newSqlite(path);
  await database.run('BEGIN');
  await makeStorage(database.run, schema);
  await database.run('COMMIT');
}
