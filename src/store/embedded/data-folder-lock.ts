import { randomUUID } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from '../../shared/make-folder.ts';
import { hasCode } from '../files/system-error.ts';
import { writeSynced, writeWhole } from '../files/whole-file.ts';
import { isAlive, thisProcess } from '../runners/process-identity.ts';
import { DataFolderBusyError, DataFolderLostError } from './errors.ts';
import { beatLock } from './lock-beat.ts';
import { type Holder, highestNumber, lockFile, lockNumbers, readHolder, stateOf, textOf } from './lock-file.ts';

/** A lock that this process holds. Disposing it releases it. */
export interface DataFolderLock extends AsyncDisposable {
  /**
   * Asks now whether this process still holds the lock.
   *
   * @throws DataFolderLostError when it does not, or when that cannot be told
   */
  confirm(): Promise<void>;
}

/** Options of a data folder's lock. */
export interface LockOptions {
  /** The command of the process; shown to a process that is refused. */
  readonly verb: string;
  /** Called once when the lock is lost: everything that writes to the folder must end at once. */
  readonly onLost: (error: DataFolderLostError) => void;
  readonly log: (message: string) => void;
  /** Interval of the beats. Default 2000. */
  readonly beatMs?: number;
  /** Time without a beat after which a holder that cannot be inspected counts as gone. Default 25 000. */
  readonly abandonedAfterMs?: number;
  /** Time that a holder that counts as gone, and is not, has to notice that it lost the lock. Default 5000. */
  readonly settleMs?: number;
}

/**
 * Locks a data folder for one process until the lock is disposed. Takes the lock over from a holder that is proven dead, or that
 * cannot be inspected (on another machine, in another container, before a restart) and shows no beat for 25 s.
 *
 * Locks are files `locks/<number>.json`; the one with the highest number is the lock. A complete file is linked into
 * place, so a number has one owner, and a process takes the next number only after it has seen that the holder of the last
 * one is dead or gone. The highest number never disappears, released or not, so a slow process that takes an outdated
 * number finds a higher one and withdraws. Of any number of concurrent processes, exactly one holds the folder.
 *
 * A living holder changes its file every 2 s. One that cannot for 12 s, or that finds that it lost the lock, says so by
 * `onLost`; a process that took the lock from a holder it could not inspect waits 5 s more for that. No clocks are compared.
 *
 * @throws DataFolderBusyError when a living process holds the lock; DataFolderLostError when it is lost at once
 */
export async function lockDataFolder(dataFolder: string, options: LockOptions): Promise<DataFolderLock> {
  const folder = join(dataFolder, 'locks');
  await makeFolder(folder);
  const holder: Holder = { process: thisProcess(), verb: options.verb, since: new Date().toISOString(), released: false };
  const own = join(folder, `${randomUUID()}.new`);
  await writeSynced(own, textOf(holder), 0o644);
  try {
    for (;;) {
      const last = await highestNumber(folder);
      const before = last === 0 ? 'free' : await endOf(dataFolder, lockFile(folder, last), options);
      if (!(await take(folder, own, last + 1))) continue;
      const lock = await hold(folder, last + 1, holder, options);
      // A holder that only stood still finds out that it lost the lock before anything is started in the folder.
      if (before === 'silent') await pause(options.settleMs ?? 5000);
      if (before === 'silent') await lock.confirm();
      return lock;
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

async function hold(folder: string, number: number, holder: Holder, { beatMs = 2000, onLost }: LockOptions): Promise<DataFolderLock> {
  // The previous number stays until the first beat, so that a concurrent directory listing shows at least one of the two.
  const past = (await lockNumbers(folder)).filter((other) => other < number - 1);
  await Promise.all(past.map((other) => rm(lockFile(folder, other), { force: true })));
  const lost = (reason: string): DataFolderLostError =>
    new DataFolderLostError(
      `${dirname(folder)} is no longer locked by this process, which ends, because another may use it now: ${reason}`,
    );
  const beat = beatLock(folder, number, { everyMs: beatMs, onLost: (reason) => onLost(lost(reason)) });
  return {
    confirm: async () => {
      if (!(await beat.look())) throw lost('its lock file cannot be written');
    },
    async [Symbol.asyncDispose]() {
      beat.stop();
      if (beat.hasLock) await writeWhole(lockFile(folder, number), textOf({ ...holder, released: true }), 0o644);
    },
  };
}

/** @returns the way in which the holder ended. @throws DataFolderBusyError when it has not */
async function endOf(dataFolder: string, file: string, { abandonedAfterMs = 25_000, log }: LockOptions): Promise<'free' | 'silent'> {
  const holder = await readHolder(file);
  if (holder === null || holder.released) return 'free';
  const liveness = isAlive(holder.process);
  if (liveness === 'dead') return 'free';
  if (liveness === 'unknown') {
    const { pid, host } = holder.process;
    log(`${dataFolder} was last used by process ${pid} on ${host}: watching for ${abandonedAfterMs / 1000} s whether that still runs`);
    if (!(await changes(file, abandonedAfterMs))) return 'silent';
    if ((await readHolder(file))?.released) return 'free';
  }
  throw new DataFolderBusyError(dataFolder, holder);
}

const pollMs = 250;

/** Watches a lock file. The time is counted in looks, so that a watcher that stood still goes on watching. */
async function changes(file: string, withinMs: number): Promise<boolean> {
  const before = await stateOf(file);
  for (let waited = 0; waited < withinMs; waited += pollMs) {
    await pause(Math.min(pollMs, withinMs));
    if ((await stateOf(file)) !== before) return true;
  }
  return false;
}
