import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a small file so that it is whole or absent, whatever dies: beside, synced, renamed, the folder synced. */
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

/** Writes a file that must not be there yet, and returns when its bytes are on the disk. Its name need not be: see `syncFolder`. */
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

/** Makes the names in a folder durable: a rename is only then. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
