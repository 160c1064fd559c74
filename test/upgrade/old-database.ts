import { cp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import pg from 'pg';
import { migrate } from '../../src/store/database/migrations.ts';
import { version } from '../../src/version.ts';
import { createEmptyDatabase, type TestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

const migrations = resolve(import.meta.dirname, '../../prisma/migrations');

interface StoredRow {
  readonly table: string;
  readonly json: string;
}

/** A database as an earlier version left it, with all migrations of this version applied since. */
export async function upgradedDatabase(folder: string): Promise<TestDatabase> {
  const rows = await storedRows(folder);
  const database = await createEmptyDatabase();
  const applied = rows.filter(({ table }) => table === '_prisma_migrations').map(({ json }) => JSON.parse(json).migration_name as string);
  await using earlier = await temporaryFolder();
  for (const name of applied) await cp(join(migrations, name), join(earlier.path, name), { recursive: true });
  await migrate({ url: database.url, folder: earlier.path, version, log: () => undefined });
  await insert(
    database.url,
    rows.filter(({ table }) => table !== '_prisma_migrations'),
  );
  await migrate({ url: database.url, folder: migrations, version, log: () => undefined });
  return database;
}

async function storedRows(folder: string): Promise<StoredRow[]> {
  const text = (await promisify(gunzip)(await readFile(join(folder, 'database.tsv.gz')))).toString('utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ table: line.slice(0, line.indexOf('\t')), json: line.slice(line.indexOf('\t') + 1) }));
}

async function insert(url: string, rows: readonly StoredRow[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const { table, json } of rows) {
      const name = client.escapeIdentifier(table);
      await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_record(NULL::${name}, $1::json)`, [json]);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
