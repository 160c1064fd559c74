import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from './system-error.ts';

/** Tells whether a file was written within the last `youngMs` (by this machine's clock and the file system's). False if there is no file. */
export async function isYoung(file: string, youngMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < youngMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Removes a file unless it is young, even if another process renames a new one to its path at this very moment: moves the
 * file aside first, checks its age where no process can replace it, and moves it back if it is young after all. (This
 * replaces a newer file that appeared meanwhile, but files of one path have the same bytes.) A crash in between leaves a
 * file `*.tmp`.
 */
export async function removeUnlessYoung(file: string, youngMs: number): Promise<void> {
  const aside = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (await isYoung(aside, youngMs)) await rename(aside, file);
  else await rm(aside, { force: true });
}
