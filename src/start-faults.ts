import { isAbsolute, relative } from 'node:path';
import pg from 'pg';
import type { Config } from './config.ts';

/** The surroundings do not let it start. The message is one line that names the setting to look at. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A server that is reached answers at once; a firewall that drops packets never does. */
const connectLimitMs = 15_000;

/**
 * Connects to the database that a setting names, once.
 *
 * @throws StartError saying why not, never with the password
 */
export async function reachDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectLimitMs });
  client.on('error', () => undefined); // the connection is only tried: whoever uses the database meets what comes later
  try {
    await client.connect();
  } catch (cause) {
    const where = `${client.host}:${client.port}`;
    throw new StartError(`DATABASE_URL cannot be used: ${withoutPassword(databaseWords(cause, where), client.password)}`, { cause });
  } finally {
    await client.end().catch(() => undefined); // nothing was begun on it
  }
}

/** Why a connection failed, by the code of the system or of PostgreSQL. */
function databaseWords(error: unknown, where: string): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return `nothing listens on ${where}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${where} is not known`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${where} cannot be reached`;
  }
  const words = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
  if (error instanceof pg.DatabaseError) return `${where} refuses: ${words}`;
  return `no PostgreSQL can be talked to on ${where} (${words})`;
}

/** Words of a server are not ours: they may repeat what they were sent. */
function withoutPassword(text: string, password: string | null | undefined): string {
  return password ? text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***') : text;
}

/** Runs work that makes or reads what the data folder holds. @throws StartError where the folder does not let it */
export async function inDataFolder<T>({ dataFolder }: Pick<Config, 'dataFolder'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFolderFault(error, dataFolder)) throw error;
    throw new StartError(`CLAVIER_DATA_DIR is ${dataFolder}, which cannot be used: ${error.message}`, { cause: error });
  }
}

const folderFaults = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'ENOSPC', 'EDQUOT'];

/** What the system refuses at the folder, below it or above it. One that cannot be made may be refused as ENOENT, as under /proc. */
function isFolderFault(error: unknown, dataFolder: string): error is Error {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return false;
  if (!isWithin(dataFolder, error.path) && !isWithin(error.path, dataFolder)) return false;
  const code = codeOf(error);
  return folderFaults.includes(code) || (code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir');
}

function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return !below.startsWith('..') && !isAbsolute(below);
}

/** What a failed `listen` means. Anything unknown is given back as it is. */
export function listenFault(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `CLAVIER_PORT is ${port}, and another program listens on ${host}:${port}: stop it, or set another port (0 takes any free one)`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(`CLAVIER_PORT is ${port}, which this user may not listen on: set one above 1023`, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(`CLAVIER_HOST is ${host}, which is not an address of this machine`, { cause: error });
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
