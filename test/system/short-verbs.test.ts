import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createEmptyDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { startProcess } from './service-process.ts';

const root = resolve(import.meta.dirname, '../..');

test('migrate brings an empty database to the newest tables, ends with exit code 0, and does nothing the second time', async () => {
  await using database = await createEmptyDatabase();
  await using folder = await temporaryFolder();
  const applied = async () => (await runSql(database.url, 'SELECT * FROM _prisma_migrations ORDER BY migration_name')).rows;
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
  await using first = startProcess(['migrate'], settings);
  expect(await first.exited, first.output()).toBe(0);
  const rows = await applied();
  const migrations = readdirSync(resolve(root, 'prisma/migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rows.map((row) => row.migration_name)).toEqual(migrations.map((entry) => entry.name).sort());
  expect((await runSql(database.url, 'SELECT count(*)::int AS studies FROM study')).rows).toEqual([{ studies: 0 }]);
  await using second = startProcess(['migrate'], settings);
  expect(await second.exited, second.output()).toBe(0);
  expect(await applied()).toEqual(rows);
});

test('openapi prints the committed document, byte for byte and nothing else, and ends with exit code 0', async () => {
  await using printer = startProcess(['openapi'], {});
  expect(await printer.exited).toBe(0);
  await printer.closed;
  expect(printer.output()).toBe(readFileSync(resolve(root, 'openapi/openapi.json'), 'utf8'));
});
