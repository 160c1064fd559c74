import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

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
  await handle.writeFile(text);
  await handle.sync();
}

/** Moves a file to another place of the same disk, in place of one that is there: after a crash at any moment it is there whole, or not at all. */
export async function moveSynced(file: string, to: string): Promise<void> {
  await using handle = await open(file, 'r');
  await handle.sync();
  await mkdir(dirname(to), { recursive: true });
  await rename(file, to);
  await syncFolder(dirname(to));
}

/** Makes the names in a folder durable. A rename is durable only after this. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
