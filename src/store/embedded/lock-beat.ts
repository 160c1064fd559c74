import { rm } from 'node:fs/promises';
import { hasCode } from '../files/system-error.ts';
import { highestNumber, lockFile, lockNumbers, writeBeat } from './lock-file.ts';

/** Options of a beat. */
export interface BeatOptions {
  readonly everyMs: number;
  /** Called once, when the lock is lost. The beat then ends. */
  readonly onLost: (reason: string) => void;
}

/** A beat. `hasLock` is false once the lock is lost. */
export interface Beat {
  readonly hasLock: boolean;
  /** Beats now. @returns true if the lock is this holder's; false if it is lost or cannot be asked for */
  look(): Promise<boolean>;
  stop(): void;
}

/** Beats in a row that fail or do not end, after which the lock counts as lost: 12 s, well before a watcher takes it. */
const mostFailures = 6;

/**
 * Shows that the holder of a lock lives, and notices that the lock is lost: its file was removed, another process holds a higher
 * number, or the file cannot be written. Failures are counted by beats and not by a clock: a process that stood still asks
 * first who holds the lock now.
 */
export function beatLock(folder: string, number: number, { everyMs, onLost }: BeatOptions): Beat {
  let [count, failures, inProgress, hasLock, stopped] = [0, 0, false, true, false];
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  const lose = (reason: string): false => {
    if (stopped) return false;
    stop();
    hasLock = false;
    onLost(reason);
    return false;
  };
  const look = async (): Promise<boolean> => {
    if (!hasLock) return false;
    count += 1;
    try {
      await writeBeat(lockFile(folder, number), count);
      if ((await highestNumber(folder)) > number) return lose('another process has taken it');
      await removeEarlier(folder, number);
      failures = 0;
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return lose('its lock file is gone');
      failures += 1;
      return false;
    }
  };
  const tick = async (): Promise<void> => {
    if (inProgress) failures += 1;
    if (failures >= mostFailures) lose(`its lock file could not be written for ${(failures * everyMs) / 1000} s`);
    if (inProgress || !hasLock) return;
    inProgress = true;
    await look();
    inProgress = false;
  };
  const timer = setInterval(() => void tick(), everyMs);
  timer.unref();
  return {
    get hasLock() {
      return hasLock;
    },
    look,
    stop,
  };
}

/**
 * Removes the files of earlier holders, so that one that stood still and goes on finds its file gone. The first beat is late
 * enough: a directory listing that began before this holder's file was there has ended.
 */
async function removeEarlier(folder: string, number: number): Promise<void> {
  const earlier = (await lockNumbers(folder)).filter((other) => other < number);
  await Promise.all(earlier.map((other) => rm(lockFile(folder, other), { force: true })));
}
