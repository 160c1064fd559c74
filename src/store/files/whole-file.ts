import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../shared/make-folder.ts';
import { hasCode, withPath } from './system-error.ts';

/** Writes a small file atomically: writes a temporary file beside it, syncs it, renames it, and syncs the folder. After a crash the old or the new content is whole. */
export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const beside = `${file}.new-${randomUUID()}`;
  try {
    await writeSynced(beside, text, mode);
    await rename(beside, file);
  } finally {
    await rm(beside, { force: true });
  }
  await syncFolder(dirname(file));
}

/**
 * Writes a new file and returns when its bytes are on the disk. Its name may not be yet: see `syncFolder`.
 *
 * @throws the system's EEXIST when the file exists
 */
export async function writeSynced(file: string, text: string, mode: number): Promise<void> {
  await using handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    throw withPath(error, file);
  }
}

/** Moves a file to another place of the same disk, in place of one that is there: after a crash at any moment it is there whole, or not at all. */
export async function moveSynced(file: string, to: string): Promise<void> {
  {
    await using handle = await open(file, 'r');
    await handle.sync();
  }
  await renameInto(file, to);
  await syncFolder(dirname(to));
}

/** Times that the folder of a file may be deleted between its creation and the rename. */
const deletedAtMost = 5;

/** Renames a file into a folder that is made first; another process may delete that folder while it is empty. */
async function renameInto(file: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await makeSynced(dirname(to));
    try {
      return await rename(file, to);
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || attempt > deletedAtMost || !existsSync(file)) throw error;
    }
  }
}

/** Makes a folder with its parents, and makes the names of those that are new durable: without them a crash loses the files below. */
export async function makeSynced(folder: string): Promise<void> {
  const first = await makeFolder(folder);
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Makes the names in a folder durable. A rename is durable only after this. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
