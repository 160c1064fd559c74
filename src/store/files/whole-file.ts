import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
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

/** Makes the names in a folder durable. A rename is durable only after this. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
