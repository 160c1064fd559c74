import { isAbsolute, relative } from 'node:path';
import type { AccessStore } from './access/ports.ts';
import type { Config } from './config.ts';
import { isLoopbackHost } from './shared/loopback.ts';

/** The environment does not let the process start. The message is one line that names the setting to check. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Runs work that reads or writes the data folder.
 *
 * @throws StartError when the folder cannot be used; whatever else `work` throws
 */
export async function inDataFolder<T>({ dataFolder }: Pick<Config, 'dataFolder'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFolderFault(error, dataFolder)) throw error;
    throw new StartError(`CLAVIER_DATA_DIR is ${dataFolder}, which cannot be used: ${error.message}`, { cause: error });
  }
}

const folderFaults = [
  ...['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'ENOSPC', 'EDQUOT'],
  // File systems without links or permissions, such as exFAT and object stores, and network file systems that are gone.
  ...['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EIO', 'ESTALE', 'ETIMEDOUT'],
];

/** Recognises a refusal of the system at the folder, below it or above it. A folder that cannot be created may fail with ENOENT, as under /proc. */
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

/** True if programs of other machines reach the service: on the address that it listens on, or through a proxy in front of it. */
export function isReachable({ host, trustedProxies, publicUrl }: Pick<Config, 'host' | 'trustedProxies' | 'publicUrl'>): boolean {
  if (!isLoopbackHost(host) || trustedProxies !== null) return true;
  return publicUrl !== null && !isLoopbackHost(new URL(publicUrl).hostname);
}

/** @throws StartError if others can reach the address that the API listens on, and nobody has a key to administer it */
export async function refuseWithoutKey(
  config: Pick<Config, 'host' | 'key' | 'trustedProxies' | 'publicUrl'>,
  access: Pick<AccessStore, 'hasAdministrator'>,
): Promise<void> {
  if (config.key !== null || !isReachable(config) || (await access.hasAdministrator())) return;
  const setting = isLoopbackHost(config.host)
    ? `${config.publicUrl === null ? 'CLAVIER_TRUSTED_PROXIES' : 'CLAVIER_PUBLIC_URL'} is set, so that others can reach the service`
    : `CLAVIER_HOST is ${config.host}, which others can reach`;
  throw new StartError(
    `${setting}, and there is no key: make the first with "clavier key create operator --scopes admin --all-projects --local", or set CLAVIER_KEY to a secret such as the output of "openssl rand -hex 32"; every request must then carry it as a bearer token; or listen on 127.0.0.1, without a proxy`,
  );
}

/** Turns the error of a failed `listen` into a StartError. Any other error is returned unchanged. */
export function listenFault(
  error: unknown,
  { host, port, setting = 'CLAVIER_PORT' }: Pick<Config, 'host' | 'port'> & { readonly setting?: string },
): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `${setting} is ${port}, but another program listens on ${host}:${port}: stop it, or set another port (0 takes any free port)`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(`${setting} is ${port}, which this user may not listen on: set one above 1023`, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT': // an IPv6 address on a machine without IPv6
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
