import pg from 'pg';
import { expect, test } from 'vitest';
import { definitionOf } from '../../src/cli/optuna/definition.ts';
import { readOptunaStudy, storageAddressOf } from '../../src/cli/optuna/storage.ts';
import { definitionOfMine, makeStorage } from '../cli/optuna/storage-fixture.ts';
import { createEmptyDatabase } from './database.ts';

test('an Optuna storage in PostgreSQL is read like one in SQLite', async () => {
  await using database = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await makeStorage(async (statement, values = []) => {
      await client.query(statement, [...values]);
    });
  } finally {
    await client.end();
  }
  const address = storageAddressOf(database.url.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:'));
  const { definition } = definitionOf(await readOptunaStudy(address, 'mine'), { sampler: 'tpe', trials: 100 });
  expect(definition).toMatchObject(definitionOfMine);
  await expect(readOptunaStudy(address, null)).rejects.toThrow('has 2 studies; choose one with --study: "other", "mine"');
});

test('a PostgreSQL without Optuna, or none at all, is named without its password', async () => {
  await using database = await createEmptyDatabase();
  await expect(readOptunaStudy(storageAddressOf(database.url), null)).rejects.toThrow('so it is no Optuna storage');
  const closed = readOptunaStudy(storageAddressOf('postgresql://me:secret@127.0.0.1:1/db'), null);
  await expect(closed).rejects.toThrow(/^cannot connect to the PostgreSQL of the Optuna storage: (?!.*secret).*ECONNREFUSED/);
});
