import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../files/system-error.ts';
import { syncFolder, writeWhole } from '../files/whole-file.ts';
import type { Account } from './account.ts';
import { EmbeddedPostgresError, throwIfDiskFull } from './errors.ts';
import { exists } from './home.ts';
import type { Installation } from './installation.ts';
import { runProgram } from './program.ts';
import { sharedMemorySettings } from './server-settings.ts';

/** The database's superuser. */
export const databaseUser = 'clavier';

/** The place of a cluster and the programs that create it. */
export interface ClusterOptions {
  readonly dataFolder: string;
  /** Folder that holds the cluster, or will hold it, as `postgres`. */
  readonly home: string;
  readonly account: Account | null;
  readonly installation: Installation;
  /** False skips syncing to disk. For tests. */
  readonly durable: boolean;
}

/**
 * Returns the cluster of a data folder, and creates it if it is missing: UTF-8, C collation (the same order on every
 * machine), password login only. A cluster is created under a temporary name and renamed, so that a killed start leaves no
 * partial one.
 *
 * @returns the cluster's folder and the password of `databaseUser`
 * @throws EmbeddedPostgresError when the password file is missing, when this process's user has no name and a cluster must be
 * created, or with the output of initdb when that fails
 */
export async function prepareCluster(options: ClusterOptions): Promise<{ cluster: string; password: string }> {
  const cluster = join(options.home, 'postgres');
  const clusterExists = await exists(cluster);
  const password = await readPassword(join(options.dataFolder, 'postgres-password'), clusterExists);
  if (!clusterExists) {
    if (options.account === null) refuseUserWithoutName();
    await initialise(cluster, password, options);
  }
  return { cluster, password };
}

/** The password is written before the cluster, so that there is never a cluster without a known password. */
async function readPassword(file: string, clusterExists: boolean): Promise<string> {
  try {
    const password = (await readFile(file, 'utf8')).trim();
    await chmod(file, 0o600);
    return password;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  if (clusterExists)
    throw new EmbeddedPostgresError(`${file} is missing, and the database beside it cannot be opened without it: restore the file`);
  const password = randomBytes(32).toString('base64url');
  await writeWhole(file, `${password}\n`, 0o600);
  return password;
}

/** Only initdb needs a name: a server on an existing cluster runs as any user. @throws EmbeddedPostgresError when there is none */
function refuseUserWithoutName(): void {
  try {
    userInfo();
  } catch (cause) {
    const uid = process.getuid?.();
    throw new EmbeddedPostgresError(
      `this process runs as user ${uid}, which has no entry in /etc/passwd, and PostgreSQL cannot create its database without one: ` +
        `add the line "clavier:x:${uid}:${process.getgid?.()}::/:/sbin/nologin" to /etc/passwd, run as a user that has an entry, or set DATABASE_URL`,
      { cause },
    );
  }
}

async function initialise(cluster: string, password: string, options: ClusterOptions): Promise<void> {
  const { home, account, installation } = options;
  for (const name of await readdir(home)) {
    if (name.startsWith('postgres.new-')) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const beside = join(home, `postgres.new-${randomUUID()}`);
  const passwordFile = `${beside}.password`;
  await mkdir(beside, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account !== null) await Promise.all([beside, passwordFile].map((path) => chown(path, account.uid, account.gid)));
  const flags = [
    `--username=${databaseUser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...Object.entries(sharedMemorySettings).map(([name, value]) => `--set=${name}=${value}`),
  ];
  if (!options.durable) flags.push('--no-sync');
  const result = await runProgram(installation.initdb, [`--pgdata=${beside}`, ...flags], { account, env: installation.env });
  await rm(passwordFile, { force: true });
  if (result.code !== 0) {
    await rm(beside, { recursive: true, force: true });
    throwIfDiskFull(result.output, home);
    throw new EmbeddedPostgresError(
      `PostgreSQL could not create its database in ${home} (initdb ended with ${result.code ?? 'no code'}):\n${result.output.trim()}`,
    );
  }
  await rename(beside, cluster);
  await syncFolder(home);
}
