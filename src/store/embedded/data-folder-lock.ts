import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from '../files/system-error.ts';
import { writeSynced, writeWhole } from '../files/whole-file.ts';
import { isAlive, processIdentitySchema, thisProcess } from '../runners/process-identity.ts';

const holderSchema = z.object({
  process: processIdentitySchema,
  verb: z.string().max(64),
  since: z.iso.datetime(),
  released: z.boolean(),
});
type Holder = z.infer<typeof holderSchema>;

/** Another process uses the data folder. The message says which one, and since when. */
export class DataFolderBusyError extends Error {
  override readonly name = 'DataFolderBusyError';
  readonly pid: number;
  readonly since: string;

  constructor(dataFolder: string, { process: { pid, host }, verb, since }: Holder) {
    super(
      `${dataFolder} is in use by "${verb}", process ${pid} on ${host}, since ${since}: stop it, or set CLAVIER_DATA_DIR to another folder`,
    );
    this.pid = pid;
    this.since = since;
  }
}

/** Options of a data folder's lock. */
export interface LockOptions {
  /** The command of the process; shown to a process that is refused. */
  readonly verb: string;
  /** Interval at which the holder touches its file. Default 2000. */
  readonly touchMs?: number;
  /** Time after which an untouched file of a holder on another machine or in another container counts as abandoned. Default 12 000. */
  readonly abandonedAfterMs?: number;
}

/**
 * Locks a data folder for one process until the lock is disposed. Takes the lock over from a dead holder.
 *
 * Locks are files `locks/<number>.json`; the one with the highest number is the lock. A complete file is linked into
 * place, so a number has one owner, and a process takes the next number only after it has seen that the holder of the last
 * one is dead or gone. The highest number never disappears, released or not, so a slow process that takes an outdated
 * number finds a higher one and withdraws. Of any number of concurrent processes, exactly one holds the folder.
 *
 * A holder whose process cannot be inspected is watched for `abandonedAfterMs`: a living holder touches its file.
 *
 * @throws DataFolderBusyError when a living process holds the lock
 */
export async function lockDataFolder(dataFolder: string, options: LockOptions): Promise<AsyncDisposable> {
  const folder = join(dataFolder, 'locks');
  await mkdir(folder, { recursive: true });
  const holder: Holder = { process: thisProcess(), verb: options.verb, since: new Date().toISOString(), released: false };
  const own = join(folder, `${randomUUID()}.new`);
  await writeSynced(own, textOf(holder), 0o644);
  try {
    for (;;) {
      const last = await highestNumber(folder);
      if (last > 0) await refuseIfHeld(dataFolder, lockFile(folder, last), options.abandonedAfterMs ?? 12_000);
      if (await take(folder, own, last + 1)) return held(folder, last + 1, holder, options.touchMs ?? 2000);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a number. False when another process was faster, or when a higher number already exists. */
async function take(folder: string, own: string, number: number): Promise<boolean> {
  try {
    await link(own, lockFile(folder, number));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  if ((await highestNumber(folder)) === number) return true;
  await rm(lockFile(folder, number), { force: true });
  return false;
}

async function held(folder: string, number: number, holder: Holder, touchMs: number): Promise<AsyncDisposable> {
  // The previous number stays, so that a concurrent directory listing shows at least one of the two.
  const past = (await lockNumbers(folder)).filter((other) => other < number - 1);
  await Promise.all(past.map((other) => rm(lockFile(folder, other), { force: true })));
  const touch = setInterval(() => {
    void utimes(lockFile(folder, number), new Date(), new Date()).catch((error: unknown) => {
      // A folder that vanished (a test's, an unmounted disk's) needs no lock any more; a full or slow disk may recover.
      if (hasCode(error, 'ENOENT')) clearInterval(touch);
    });
  }, touchMs);
  touch.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(touch);
      await writeWhole(lockFile(folder, number), textOf({ ...holder, released: true }), 0o644);
    },
  };
}

async function refuseIfHeld(dataFolder: string, file: string, abandonedAfterMs: number): Promise<void> {
  const holder = await readHolder(file);
  if (holder === null || holder.released) return;
  const liveness = isAlive(holder.process);
  if (liveness === 'dead') return;
  if (liveness === 'alive' || (await isTouched(file, abandonedAfterMs))) throw new DataFolderBusyError(dataFolder, holder);
}

async function isTouched(file: string, withinMs: number): Promise<boolean> {
  const before = await touchedAt(file);
  for (let waited = 0; waited < withinMs; waited += 100) {
    await pause(100);
    if ((await touchedAt(file)) !== before) return true;
  }
  return false;
}

/** Returns null when the file is gone because it was replaced meanwhile. */
async function touchedAt(file: string): Promise<number | null> {
  const found = await stat(file).catch(nullIfMissing);
  return found?.mtimeMs ?? null;
}

/** Returns null for an unreadable file. Files appear whole, so only a power loss truncates one, and that ended its holder too. */
async function readHolder(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const textOf = (holder: Holder): string => `${JSON.stringify(holder)}\n`;

async function highestNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(folder)));
}

async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => {
    const number = /^(\d{1,15})\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

const lockFile = (folder: string, number: number): string => join(folder, `${number}.json`);

function nullIfMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}
