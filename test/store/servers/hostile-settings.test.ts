import { beforeAll, describe, expect, inject, test } from 'vitest';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../database.ts';
import { runSql } from '../server.ts';
import { type SmallStudy, throughSmallStudy } from './small-study.ts';

/** Settings that a database, a role or an address may have, and that change what an unprepared client reads or writes. */
const hostile: Readonly<Record<string, string>> = {
  TimeZone: 'Asia/Kolkata',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  extra_float_digits: '-3',
  bytea_output: 'escape',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  backslash_quote: 'off',
  transform_null_equals: 'on',
  array_nulls: 'off',
  search_path: 'elsewhere, public',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  statement_timeout: '300',
  lock_timeout: '300',
  idle_in_transaction_session_timeout: '300',
  idle_session_timeout: '300',
  transaction_timeout: '300',
  client_min_messages: 'debug5',
  synchronous_commit: 'off',
  gin_fuzzy_search_limit: '1',
  default_tablespace: 'nowhere',
  lc_numeric: 'C',
  row_security: 'on',
  jit_above_cost: '0',
  plan_cache_mode: 'force_generic_plan',
  enable_indexscan: 'off',
};

let reference: SmallStudy;
beforeAll(async () => {
  await using database = await createEmptyDatabase();
  reference = await throughSmallStudy(database.url);
});

function expectSame(study: SmallStudy): void {
  expect({ ...study, offBySeconds: 0 }).toEqual({ ...reference, offBySeconds: 0 });
  expect(study.offBySeconds).toBeLessThan(300);
}

/** Gives a database these settings. The schema that some of them name is there, empty. */
async function withSettings(database: TestDatabase, settings: readonly (readonly [string, string])[]): Promise<TestDatabase> {
  const name = new URL(database.url).pathname.slice(1);
  const known = (await runSql(database.url, 'SELECT name FROM pg_settings')).rows.map((row) => row.name);
  await runSql(database.url, 'CREATE SCHEMA elsewhere');
  for (const [setting, value] of settings) {
    if (!known.includes(setting)) continue;
    const text = setting === 'search_path' ? value : `'${value}'`;
    await runSql(inject('databaseServer'), `ALTER DATABASE ${name} SET ${setting} = ${text}`);
  }
  return database;
}

describe('a study is created, run, exported, verified and imported alike where the database sets', () => {
  test.each(Object.entries(hostile))('%s = %s', async (setting, value) => {
    await using database = await withSettings(await createTestDatabase(), [[setting, value]]);
    expectSame(await throughSmallStudy(database.url));
  });

  test('all of them together', async () => {
    await using database = await withSettings(await createEmptyDatabase(), Object.entries(hostile));
    expectSame(await throughSmallStudy(database.url));
  });
});

test('the role and the address set them', async () => {
  await using database = await createEmptyDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const role = `role_${name}`;
  const server = inject('databaseServer');
  await runSql(server, `CREATE ROLE ${role} LOGIN PASSWORD 'x'; ALTER DATABASE ${name} OWNER TO ${role}`);
  try {
    await runSql(server, `ALTER ROLE ${role} SET TimeZone = 'America/New_York'; ALTER ROLE ${role} SET extra_float_digits = 0`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'x' });
    url.searchParams.set('options', '-c DateStyle=German -c default_transaction_isolation=serializable');
    expectSame(await throughSmallStudy(url.href));
  } finally {
    await runSql(server, `ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
    await runSql(database.url, `DROP OWNED BY ${role}`);
    await runSql(server, `DROP ROLE ${role}`);
  }
});

describe('the tables lie in the schema', () => {
  test.each([
    ['public where nothing is said', '', 'public'],
    ['of ?schema=', 'schema=tuning', 'tuning'],
    ['of a name that must be quoted', `schema=${encodeURIComponent('Mein schéma')}`, 'Mein schéma'],
    ['of a search path among the options', `options=${encodeURIComponent('-c search_path=tuning,public')}`, 'tuning'],
  ])('%s', async (_title, query, schema) => {
    await using database = await createEmptyDatabase();
    expectSame(await throughSmallStudy(`${database.url}?${query}`));
    const { rows } = await runSql(database.url, "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name IN ('study', '_prisma_migrations')");
    expect(rows).toEqual([{ table_schema: schema }]);
  });
});
