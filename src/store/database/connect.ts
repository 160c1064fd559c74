import pg from 'pg';
import type { DatabaseAddress, Tls } from './address.ts';
import { DatabaseUnfitError } from './errors.ts';
import { limited, prepareSession, type SessionSettings } from './session.ts';

/** Time limit for a connection, and for a server that accepts one and does not answer. */
const connectMs = 15_000;

/** A connection of its own, outside any pool. Disposing it closes it. */
export interface DatabaseConnection extends AsyncDisposable {
  readonly client: pg.Client;
  /** Statements that begin a transaction with our settings. */
  readonly begin: string;
  readonly pooled: boolean;
}

/** Opens a connection with these settings. @throws the driver's errors */
export async function connect(address: DatabaseAddress, settings: SessionSettings): Promise<DatabaseConnection> {
  const client = await connected(address, address.tls[0]);
  try {
    const sessions = await prepareSession(client, settings, connectMs);
    return {
      client,
      begin: sessions.kind === 'own' ? 'BEGIN' : `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ${sessions.settings}`,
      pooled: sessions.kind === 'pooled',
      [Symbol.asyncDispose]: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => undefined); // the first error is the one to report
    throw error;
  }
}

/**
 * Runs one transaction, to check that the address can be used, and settles whether its connections use TLS where it leaves that open. A
 * pooler may accept a connection although its server is away, or although it gives no transactions.
 *
 * @throws DatabaseUnfitError with the reason why it cannot be used, never with the password
 */
export async function reach(address: DatabaseAddress): Promise<DatabaseAddress> {
  const failures: { readonly tls: Tls; readonly error: unknown }[] = [];
  for (const tls of address.tls) {
    try {
      const client = await connected(address, tls);
      try {
        await client.query(limited('BEGIN', connectMs));
      } finally {
        await client.end().catch(() => undefined); // nothing was done in this transaction
      }
      return { ...address, tls: [tls] };
    } catch (error) {
      failures.push({ tls, error });
      if (!mayHelp(error, tls)) break;
    }
  }
  // With TLS where that was tried: the server has said more about why not.
  const { error } = failures.find(({ tls, error: failure }) => tls !== false && !isWithoutTls(failure)) ?? failures[0] ?? { error: null };
  const words = withoutPassword(connectionWords(error, address), address.client.password);
  throw new DatabaseUnfitError(`DATABASE_URL cannot be used: ${words}`, { cause: error });
}

async function connected({ client: config }: DatabaseAddress, tls: Tls): Promise<pg.Client> {
  const client = new pg.Client({ connectionTimeoutMillis: connectMs, ...config, ssl: tls });
  client.on('error', () => undefined); // a lost connection fails the current statement or the next one
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined); // it never began
    throw error;
  }
}

/** True if the other way to connect may work: without TLS on a server that has none or admits none with it, with it on one that asks for it. */
function mayHelp(error: unknown, tls: Tls): boolean {
  return tls === false ? codeOf(error).startsWith('28') || codeOf(error) === '08P01' : isWithoutTls(error) || codeOf(error) === '28000';
}

function isWithoutTls(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}

/** Explains a failed connection by the code of the system or of PostgreSQL. */
function connectionWords(error: unknown, { host, client: { port = 5432 }, tls }: DatabaseAddress): string {
  const where = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT': // a socket in a folder
      return `nothing listens on ${where}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${where} is unknown`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${where} cannot be reached`;
  }
  const words = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
  if (code === 'EACCES') return `this user may not open ${where}`;
  if (error instanceof pg.DatabaseError) return `${where} refuses the connection: ${words}`;
  if (/timeout/i.test(words)) return `${where} does not answer in time (${words})`;
  if (isWithoutTls(error)) return `${where} has no TLS: drop sslmode from the address, or set ssl = on on the server`;
  if (tls[0] !== false && /CERT|ERR_TLS|ISSUER|SIGNATURE/.test(code)) {
    return `the certificate of ${where} is not trusted (${words}): name the file of its CA with sslrootcert=, or use sslmode=require, which does not check it`;
  }
  return `${where} does not answer as PostgreSQL does (${words})`;
}

/** Removes the password from a server's message, which may repeat what the server was sent. */
function withoutPassword(text: string, password: unknown): string {
  if (typeof password !== 'string' || password === '') return text;
  return text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
