import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readAddress } from '../../../src/store/database/address.ts';
import { type MigrateOptions, migrate } from '../../../src/store/database/migrations.ts';
import { prepareDatabase } from '../../../src/store/database/prepare.ts';
import { version } from '../../../src/version.ts';
import { createEmptyDatabase, createTestDatabase } from '../database.ts';
import { withQuery } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = resolve(import.meta.dirname, '../../../prisma/migrations');
const optionsFor = (url: string, said: string[] = []): MigrateOptions => ({
  address: readAddress(url),
  folder,
  version,
  log: (line) => void said.push(line),
});

test('a new schema beside the tables of another installation in public is noticed, once', async () => {
  await using database = await createTestDatabase();
  const said: string[] = [];
  const options = optionsFor(withQuery(database.url, 'schema=tuning'), said);
  await prepareDatabase(options);
  expect(said[0]).toMatch(/^the schema tuning has no tables yet, and another installation has its tables in the schema public/);
  said.length = 0;
  await prepareDatabase(options);
  expect(said).toEqual([]);
});

test('a schema of its own in an empty database, and public, are no news', async () => {
  for (const query of ['', 'schema=tuning']) {
    await using database = await createEmptyDatabase();
    const said: string[] = [];
    await prepareDatabase(optionsFor(withQuery(database.url, query), said));
    expect(said.filter((line) => !line.startsWith('applied migration'))).toEqual([]);
  }
});

test('a database that is lost during the start is one line', async () => {
  await using database = await createEmptyDatabase();
  await using migrations = await temporaryFolder();
  await mkdir(join(migrations.path, '1_ends_other_sessions'));
  const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  await writeFile(join(migrations.path, '1_ends_other_sessions', 'migration.sql'), sql);
  await expect(prepareDatabase({ ...optionsFor(database.url), folder: migrations.path })).rejects.toMatchObject({
    name: 'DatabaseUnfitError',
    message: expect.stringMatching(/^the database was lost during the start \(.*\): start again when it answers$/),
  });
});

test('a time limit for statements in the address does not limit migrations', async () => {
  await using database = await createEmptyDatabase();
  const { address } = optionsFor(withQuery(database.url, 'statement_timeout=1'));
  expect((await migrate({ ...optionsFor(database.url), address })).length).toBeGreaterThan(0);
});
