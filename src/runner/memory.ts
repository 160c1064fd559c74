import { readFile } from 'node:fs/promises';

/** Size of a page of memory on the Linux systems that tell it in pages. */
const pageBytes = 4096;

/**
 * Resident memory of a process, in bytes; null where the system does not tell (it ended, or this is not Linux).
 */
export async function residentBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => null); // not Linux, or it ended: nothing to tell
  const pages = Number(text?.split(' ')[1]);
  return Number.isFinite(pages) ? pages * pageBytes : null;
}
