import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type pg from 'pg';
import { type ConnectionOptions, parse } from 'pg-connection-string';
import { DatabaseUnfitError } from './errors.ts';

/** TLS of a connection: none, or the options of Node's TLS. */
export type Tls = false | { readonly [option: string]: unknown };

/** An address of a database, read once. */
export interface DatabaseAddress {
  readonly host: string;
  readonly client: Readonly<pg.ClientConfig>;
  /** Ways to connect, most wanted first: one, unless the address leaves the choice to the server. */
  readonly tls: readonly [Tls, ...Tls[]];
  /** Schema that holds the tables. */
  readonly schema: string;
  /** Limits of the address, which take precedence over ours: settings of PostgreSQL by name. */
  readonly limits: Readonly<Record<string, string>>;
  /** Most connections of a pool; null: as many as it asks for. */
  readonly maxConnections: number | null;
}

/** Settings of PostgreSQL that an address may set. */
const limitNames = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
/** Passed on to the connection as they are. */
const passedOn = ['application_name', 'fallback_application_name', 'options', 'sslnegotiation'];
/** Read below, or by the parser. */
const understood = [
  ...['host', 'port', 'user', 'password', 'schema', 'connection_limit', 'connect_timeout', 'channel_binding'],
  ...['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'],
];
/** Ask other clients for what this one does anyway, or tune parts that it does not have: harmless with any value. */
const withoutEffect = [
  ...['pgbouncer', 'pool_timeout', 'socket_timeout', 'statement_cache_size', 'max_idle_connection_lifetime', 'single_use_connections'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout', 'target_session_attrs'],
  ...['client_encoding', 'sslcompression', 'sslsni', 'gssencmode', 'uselibpqcompat'],
];
const known = new Set([...limitNames, ...passedOn, ...understood, ...withoutEffect]);

/** Value of `sslrootcert` for the authorities that this machine trusts, as libpq has it. */
const systemRoots = 'system';
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/**
 * Reads an address as libpq reads it, with the parameters that Prisma adds: `schema`, `connection_limit`. `sslmode` means what
 * PostgreSQL's documentation says, so that the address of a managed server works as its provider gives it.
 *
 * @throws DatabaseUnfitError for a parameter that is unknown or wrong, and for a file that cannot be read
 */
export function readAddress(url: string): DatabaseAddress {
  const given = new URL(url);
  const parameters = new Map(given.searchParams);
  for (const name of parameters.keys())
    if (!known.has(name)) throw unfit(`has the parameter ${name}, which Clavier does not know: remove it`);
  const mode = sslModeOf(parameters);
  if (parameters.get('sslrootcert') === systemRoots) given.searchParams.delete('sslrootcert');
  given.searchParams.delete('uselibpqcompat');
  if (mode !== null) given.searchParams.set('sslmode', mode === 'no-verify' ? 'require' : mode);
  refuseUnreadable(parameters);
  const parsed = parsedAs(given.href);
  const host = parsed.host || 'localhost';
  if (host.includes(',')) throw unfit('names several hosts: name the one of the primary server');
  const port = wholeNumber(parameters, 'port') ?? (parsed.port ? Number(parsed.port) : null);
  return {
    host,
    client: {
      host,
      ...(port === null ? {} : { port }),
      ...(parsed.user ? { user: parsed.user } : {}),
      ...(parsed.password ? { password: parsed.password } : {}),
      ...(parsed.database ? { database: parsed.database } : {}),
      ...Object.fromEntries(passedOn.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)]] : []))),
      ...connectLimit(parameters),
      enableChannelBinding: parameters.get('channel_binding') !== 'disable',
    },
    tls: tlsOf(mode, host, parsed.ssl, parameters),
    schema: schemaOf(parameters),
    limits: limitsOf(parameters),
    maxConnections: connectionLimit(parameters),
  };
}

type Parameters = ReadonlyMap<string, string>;

function sslModeOf(parameters: Parameters): string | null {
  const mode = parameters.get('sslmode') ?? null;
  if (mode !== null && !sslModes.includes(mode)) throw unfit(`has sslmode=${mode}: it is one of ${sslModes.join(', ')}`);
  if (mode === 'verify-ca' && !parameters.has('sslrootcert'))
    throw unfit('has sslmode=verify-ca without sslrootcert: name the file of the CA, or use sslmode=verify-full');
  return parameters.get('sslrootcert') === systemRoots ? 'verify-full' : mode;
}

/** Parses the address; the parser also reads the files of certificates and keys. */
function parsedAs(url: string): ConnectionOptions {
  try {
    return parse(url, { useLibpqCompat: true });
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw unfit(
      'has a percent escape that is not UTF-8 in its user, password, host or database: escape the UTF-8 bytes, such as %C3%A9 for é',
      cause,
    );
  }
}

/** Reads the files once more than the parser does, to say which one cannot be read. */
function refuseUnreadable(parameters: Parameters): void {
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const file = parameters.get(name);
    if (file === undefined || (name === 'sslrootcert' && file === systemRoots)) continue;
    try {
      readFileSync(file);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split(', ')[0] : String(cause);
      throw unfit(`has ${name}=${file}, which cannot be read: ${reason}`, cause);
    }
  }
}

/** Servers on this machine are taken as they are; others are asked for TLS first, as libpq does (sslmode=prefer). */
function tlsOf(mode: string | null, host: string, parsed: ConnectionOptions['ssl'], parameters: Parameters): readonly [Tls, ...Tls[]] {
  if (host.startsWith('/') || mode === 'disable') return [false];
  if (mode === null && (parsed === undefined || parsed === false || parsed === 'false')) {
    const isHere = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
    return isHere ? [false, { rejectUnauthorized: false }] : [{ rejectUnauthorized: false }, false];
  }
  const options = { ...(typeof parsed === 'object' ? parsed : {}), ...passphrase(parameters) };
  readable(options);
  if (mode === 'prefer') return [{ ...options, rejectUnauthorized: false }, false];
  if (mode === 'allow') return [false, { ...options, rejectUnauthorized: false }];
  return [parsed === 'no-verify' ? { ...options, rejectUnauthorized: false } : options];
}

function passphrase(parameters: Parameters): { passphrase?: string } {
  const given = parameters.get('sslpassword');
  return given === undefined ? {} : { passphrase: given };
}

/** Reads certificates and keys once, because a connection that cannot says less about them. */
function readable(options: object): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw unfit(`names a certificate or key that cannot be used (${words}): sslrootcert, sslcert and sslkey are PEM files`, cause);
  }
}

/** The schema of the address; a search path among its options names it as well. */
function schemaOf(parameters: Parameters): string {
  const given = parameters.get('schema') ?? searchPathOf(parameters.get('options') ?? '');
  if (given === undefined) return 'public';
  // Prisma puts the name between double quotes as it is.
  if (given === '' || Buffer.byteLength(given) > 63 || /[\0"]/.test(given) || given.startsWith('pg_'))
    throw unfit(`has the schema ${JSON.stringify(given)}: a name has 1 to 63 bytes, no double quote, and does not begin with pg_`);
  return given;
}

/** The first schema of `-c search_path=…`, other than that of the role's name. */
function searchPathOf(options: string): string | undefined {
  const path = /(?:-c\s*|--)search_path=((?:\\.|\S)*)/.exec(options)?.[1]?.replaceAll('\\', '');
  const names = path?.split(',').map((name) => name.trim()) ?? [];
  const first = names.find((name) => name !== '"$user"' && name !== '$user');
  return first?.startsWith('"') ? first.slice(1, -1).replaceAll('""', '"') : first?.toLowerCase();
}

function limitsOf(parameters: Parameters): Record<string, string> {
  const entries = limitNames.flatMap((name): [string, string][] => {
    const value = parameters.get(name);
    if (value === undefined) return [];
    if (!/^\d{1,9}$/.test(value)) throw unfit(`has ${name}=${value}: it is a whole number of milliseconds`);
    return [[name, value]];
  });
  return Object.fromEntries(entries);
}

function connectLimit(parameters: Parameters): Pick<pg.ClientConfig, 'connectionTimeoutMillis'> {
  const seconds = wholeNumber(parameters, 'connect_timeout');
  return seconds === null || seconds === 0 ? {} : { connectionTimeoutMillis: Math.max(2, seconds) * 1000 };
}

function connectionLimit(parameters: Parameters): number | null {
  const limit = wholeNumber(parameters, 'connection_limit');
  if (limit === 0 || limit === 1) throw unfit(`has connection_limit=${limit}: Clavier needs at least 2`);
  return limit;
}

function wholeNumber(parameters: Parameters, name: string): number | null {
  const value = parameters.get(name);
  if (value === undefined) return null;
  if (!/^\d{1,6}$/.test(value)) throw unfit(`has ${name}=${value}: it is a whole number`);
  return Number(value);
}

function unfit(words: string, cause?: unknown): DatabaseUnfitError {
  return new DatabaseUnfitError(`DATABASE_URL ${words}`, { cause });
}
