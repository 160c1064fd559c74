import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../files/system-error.ts';
import { processIdentitySchema } from '../runners/process-identity.ts';

const holderSchema = z.object({
  process: processIdentitySchema,
  verb: z.string().max(64),
  since: z.iso.datetime(),
  released: z.boolean(),
});
/** A process that holds, or held, a data folder. */
export type Holder = z.infer<typeof holderSchema>;

const beatDigits = 12;
/** The text after the digits of the counter. */
const end = '"}\n';

/** Returns the content of a lock file. It ends with a counter, which its holder overwrites in place. */
export function textOf(holder: Holder): string {
  return `${JSON.stringify({ ...holder, beat: digitsOf(0) })}\n`;
}

const digitsOf = (count: number): string => String(count).padStart(beatDigits, '0');

/**
 * Overwrites the counter of a lock file. The file is opened by name each time, so that a network file system looks for it on the
 * server and sends the bytes when it is closed.
 *
 * @throws the system's ENOENT when another process has removed the file
 */
export async function writeBeat(file: string, count: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(digitsOf(count), size - end.length - beatDigits, 'utf8');
  } catch (error) {
    // A new time needs no space on the disk, and a watcher sees it as well.
    if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) throw error;
    await handle.utimes(new Date(), new Date());
  } finally {
    await handle.close();
  }
}

/**
 * Returns the state of a lock file, which changes with every beat: its content, and its time, which is all that version 0.1.0
 * changes. null when there is no file. It is opened each time: an open on a network file system asks the server, while
 * `stat` may repeat what it knew a minute ago.
 */
export async function stateOf(file: string): Promise<string | null> {
  try {
    await using handle = await open(file, 'r');
    const { mtimeMs } = await handle.stat();
    return `${mtimeMs} ${await handle.readFile('utf8')}`;
  } catch (error) {
    return nullIfMissing(error);
  }
}

/** Returns null for an unreadable file. Files appear whole, so only a power loss truncates one, and that ended its holder too. */
export async function readHolder(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Returns the highest number of a lock file, 0 if there is none. */
export async function highestNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(folder)));
}

/** Returns the numbers of the lock files of a folder. */
export async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => {
    const number = /^(\d{1,15})\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Returns the path of a lock file. */
export function lockFile(folder: string, number: number): string {
  return join(folder, `${number}.json`);
}

function nullIfMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}
