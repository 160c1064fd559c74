import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../files/system-error.ts';
import { writeWhole } from '../files/whole-file.ts';
import { type Account, canReach } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { openFolder, SHARED_STATE_FOLDER } from './installation.ts';

/** The file of a data folder that says where its database lies, if not in it. */
const POINTER = 'postgres-location';

/** The folder that holds the cluster as `postgres`: the data folder itself, or the one its pointer names. */
export async function recordedHome(dataFolder: string): Promise<string | null> {
  const recorded = await readOrNull(join(dataFolder, POINTER));
  return recorded === null || recorded.trim() === '' ? null : recorded.trim();
}

/**
 * The folder for the cluster of a data folder: itself, or, where the server's account cannot enter it, a folder of its
 * own under the shared state folder, recorded in the data folder. No permission of a folder that exists is changed.
 *
 * @throws EmbeddedPostgresError where the account reaches neither
 */
export async function clusterHome(dataFolder: string, account: Account | null, log: (message: string) => void): Promise<string> {
  const recorded = await recordedHome(dataFolder);
  const home = recorded ?? dataFolder;
  if (account === null || (await canReach(account, home))) return home;
  if (recorded !== null || (await exists(join(dataFolder, 'postgres')))) {
    throw new EmbeddedPostgresError(
      `${account.name}, which PostgreSQL runs as, cannot enter ${home}: let every user enter it and the folders above, or set DATABASE_URL`,
    );
  }
  const elsewhere = join(SHARED_STATE_FOLDER, `${basename(dirname(dataFolder))}-${randomBytes(6).toString('hex')}`);
  try {
    await openFolder(SHARED_STATE_FOLDER);
    await openFolder(elsewhere);
  } catch (cause) {
    const message = `PostgreSQL does not run as root, and ${account.name} cannot enter ${dataFolder}: set CLAVIER_DATA_DIR to a folder that every user may enter, or DATABASE_URL`;
    throw new EmbeddedPostgresError(message, { cause });
  }
  await writeWhole(join(elsewhere, 'data-folder'), `${dataFolder}\n`, 0o644);
  await writeWhole(join(dataFolder, POINTER), `${elsewhere}\n`, 0o644);
  log(`${account.name}, which PostgreSQL runs as, cannot enter ${dataFolder}: the database lies in ${elsewhere}`);
  return elsewhere;
}

async function readOrNull(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
}

/** Whether something lies at a path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}
