import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from './system-error.ts';

/** Whether a file was written within the last milliseconds (by the clocks of this machine and of the file's). False where there is none. */
export async function isYoung(file: string, youngMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs < youngMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Removes a file unless it is young, also where somebody renames a new one to its path at this very moment: it is
 * moved aside first, looked at where nobody can replace it, and moved back if it is young after all. (A newer one that
 * came meanwhile is replaced: files of one path have the same bytes.) A death on the way leaves a file `*.tmp`.
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
