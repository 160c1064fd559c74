import type pg from 'pg';
import { z } from 'zod';
import type { DatabaseAddress } from './address.ts';

/** Settings of PostgreSQL, by name, as text. */
export type SessionSettings = Readonly<Record<string, string>>;

/** Limits of a session, in milliseconds; 0: none. */
export interface SessionLimits {
  readonly statementMs: number;
  readonly idleInTransactionMs: number;
}

/**
 * Everything that a server, database, role or address may set and that changes what our statements read or write, as our code
 * assumes it. Settings that a server does not have are left out.
 */
export function sessionSettings({ schema, limits }: DatabaseAddress, { statementMs, idleInTransactionMs }: SessionLimits): SessionSettings {
  return {
    search_path: `"${schema.replaceAll('"', '""')}"`,
    // Texts of values: the driver reads ISO moments in UTC, shortest exact floats and hexadecimal bytes.
    client_encoding: 'UTF8',
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    extra_float_digits: '1',
    bytea_output: 'hex',
    // The language.
    standard_conforming_strings: 'on',
    backslash_quote: 'safe_encoding',
    transform_null_equals: 'off',
    array_nulls: 'on',
    gin_fuzzy_search_limit: '0',
    // Transactions.
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: 'off',
    default_transaction_deferrable: 'off',
    // New tables are ordinary ones.
    default_table_access_method: 'heap',
    // Time limits are ours; idle connections of a pool are no fault.
    statement_timeout: String(statementMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    lock_timeout: '0',
    idle_session_timeout: '0',
    transaction_timeout: '0',
    client_min_messages: 'warning',
    ...limits,
  };
}

/** Sessions behind a pooler such as PgBouncer, which may give each transaction another one. */
export interface PooledSessions {
  readonly kind: 'pooled';
  /** Statements for the start of each transaction, separated by semicolons. */
  readonly settings: string;
}

/** The sessions of a pool's connections: each connection has its own, which keeps its settings, or a pooler stands between. */
export type Sessions = { readonly kind: 'own' } | PooledSessions;

const pidSchema = z.tuple([z.object({ pid: z.number() })]);
const nameSchema = z.array(z.object({ name: z.string() }));
/** A commit that a power loss may take back would be a result that was answered and is gone. */
const durable = { name: 'synchronous_commit', weak: 'off', wanted: 'on' };

/**
 * Prepares a new connection: its session gets the settings, unless a pooler stands between. A pooler gives itself away by its
 * process number, which is not that of the session.
 */
export async function prepareSession(client: pg.ClientBase, settings: SessionSettings, limitMs: number): Promise<Sessions> {
  const [{ pid }] = pidSchema.parse((await client.query(limited('SELECT pg_backend_pid() AS pid', limitMs))).rows);
  if ('processID' in client && client.processID === pid) {
    await client.query({
      ...limited(setStatement, limitMs),
      values: [JSON.stringify(settings), durable.name, durable.weak, durable.wanted],
    });
    return { kind: 'own' };
  }
  const names = [...Object.keys(settings), durable.name];
  const query = { ...limited('SELECT name FROM pg_settings WHERE name = ANY ($1)', limitMs), values: [names] };
  const known = new Set(nameSchema.parse((await client.query(query)).rows).map(({ name }) => name));
  const local = Object.entries(settings).filter(([name]) => known.has(name));
  return { kind: 'pooled', settings: [...local.map(([name, value]) => setLocal(name, value)), durableLocal].join('; ') };
}

/** Sets every setting that the server has, and commits durably where they are not. */
const setStatement = `
  SELECT set_config(wanted.name, wanted.value, false)
  FROM json_each_text($1) AS wanted (name, value) JOIN pg_settings USING (name)
  UNION ALL SELECT set_config($2, $4, false) WHERE current_setting($2) = $3`;

const durableLocal = `SELECT set_config('${durable.name}', '${durable.wanted}', true) WHERE current_setting('${durable.name}') = '${durable.weak}'`;

function setLocal(name: string, value: string): string {
  return `SET LOCAL ${name} = ${name === 'search_path' ? value : `'${value}'`}`;
}

/** Limits the wait for an answer: a server that accepts a connection and never answers must not hold up the pool. */
export function limited(text: string, limitMs: number): pg.QueryConfig & { readonly query_timeout: number } {
  return { text, query_timeout: limitMs };
}
