import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../files/system-error.ts';
import { writeWhole } from '../files/whole-file.ts';
import { type Account, canReach } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { openFolder, sharedStateFolder } from './installation.ts';

/** File of a data folder that holds the path of its database's folder, if that is another folder. */
const pointerFile = 'postgres-location';

/** Reads the pointer file of a data folder: the folder that holds the cluster as `postgres`, or null if it is the data folder itself. */
export async function recordedHome(dataFolder: string): Promise<string | null> {
  const recorded = await readOrNull(join(dataFolder, pointerFile));
  return recorded === null || recorded.trim() === '' ? null : recorded.trim();
}

/**
 * Chooses the folder for the cluster of a data folder: the data folder itself, or, if the server's account cannot enter
 * it, a folder under the shared state folder, which is recorded in the data folder. Permissions of existing folders are
 * not changed.
 *
 * @throws EmbeddedPostgresError when the account can enter neither
 */
export async function clusterHome(dataFolder: string, account: Account | null, log: (message: string) => void): Promise<string> {
  const recorded = await recordedHome(dataFolder);
  const home = recorded ?? dataFolder;
  if (account === null || (await canReach(account, home))) return home;
  if (recorded !== null || (await exists(join(dataFolder, 'postgres')))) {
    throw new EmbeddedPostgresError(
      `${account.name}, the account that PostgreSQL runs as, cannot enter ${home}: let every user enter it and the folders above, or set DATABASE_URL`,
    );
  }
  const elsewhere = join(sharedStateFolder, `${basename(dirname(dataFolder))}-${randomBytes(6).toString('hex')}`);
  try {
    await openFolder(sharedStateFolder);
    await openFolder(elsewhere);
  } catch (cause) {
    const message = `PostgreSQL does not run as root, and ${account.name} cannot enter ${dataFolder}: set CLAVIER_DATA_DIR to a folder that every user may enter, or DATABASE_URL`;
    throw new EmbeddedPostgresError(message, { cause });
  }
  await writeWhole(join(elsewhere, 'data-folder'), `${dataFolder}\n`, 0o644);
  await writeWhole(join(dataFolder, pointerFile), `${elsewhere}\n`, 0o644);
  log(`created the database in ${elsewhere}, because ${account.name}, the account that PostgreSQL runs as, cannot enter ${dataFolder}`);
  return elsewhere;
}

async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
}

/** Tells whether a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}
