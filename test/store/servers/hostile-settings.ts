import { inject } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { runSql, withQuery } from '../server.ts';

/** Settings that a database, a role or an address may have, and that change what an unprepared client reads or writes. */
export const hostileSettings: Readonly<Record<string, string>> = {
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
};

/** Settings that ought to change nothing for anybody: they are tried together with the others. */
export const harmlessSettings: Readonly<Record<string, string>> = {
  default_tablespace: 'nowhere',
  lc_numeric: 'C',
  row_security: 'on',
  jit_above_cost: '0',
  plan_cache_mode: 'force_generic_plan',
  enable_indexscan: 'off',
};

/**
 * Gives a database these settings. The schema that some of them name is there, empty. The address loses its parameters, because options
 * of the address would outrank the settings.
 */
export async function withSettings(database: TestDatabase, settings: readonly (readonly [string, string])[]): Promise<TestDatabase> {
  const name = new URL(database.url).pathname.slice(1);
  const known = (await runSql(database.url, 'SELECT name FROM pg_settings')).rows.map((row) => row.name);
  await runSql(database.url, 'CREATE SCHEMA elsewhere');
  for (const [setting, value] of settings) {
    if (!known.includes(setting)) continue;
    const text = setting === 'search_path' ? value : `'${value}'`;
    await runSql(inject('databaseServer'), `ALTER DATABASE ${name} SET ${setting} = ${text}`);
  }
  return { ...database, url: withQuery(database.url, 'sslmode=disable') };
}
