import { readFile } from 'node:fs/promises';

/** Returns the resident memory of a process in bytes; null if it has ended or this is not Linux. */
export async function residentBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null); // not Linux, or it ended: nothing to tell
  const kibibytes = text?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
