import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { livenessOf, thisProcess } from './lock-owner.mjs';

const pollMs = 250;
/** A lock without a readable owner is being written. If it stays so for this long, its writer died. */
const unreadableGraceMs = 10_000;
/** An owner that cannot be inspected (in another container, for example) is gone if its lock stays untouched for this long. */
const untouchedGraceMs = 60_000;

/**
 * Runs `work` while this process alone holds the lock at `path`. Takes over the lock of a dead owner. For a living owner, calls
 * `onWait(pid)` once and waits until it releases the lock. The lock is touched every `touchMs` while it is held. `graceMs` is how long
 * a waiter watches the lock of an owner that it cannot inspect.
 */
export async function withLock(path, work, onWait = () => {}, { touchMs = 10_000, graceMs = untouchedGraceMs } = {}) {
  const text = await acquire(path, onWait, graceMs);
  const touch = setInterval(() => touchIfThere(path), touchMs).unref();
  const release = () => {
    if (readIfThere(path)?.text === text) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}

/** Resolves to the lock's content once it is ours. */
async function acquire(path, onWait, graceMs) {
  mkdirSync(dirname(path), { recursive: true });
  const own = JSON.stringify({ ...thisProcess(), since: new Date().toISOString() });
  const untouchedMs = stopwatch();
  for (let announced = false; !tryCreate(path, own); await delay(pollMs)) {
    const found = readIfThere(path);
    if (found === undefined) continue;
    const owner = parseOwner(found.text);
    if (isStale(owner, untouchedMs(`${found.touchedAt} ${found.text}`), graceMs)) removeStale(path, found.text);
    else if (!announced && owner !== undefined) {
      onWait(owner.pid);
      announced = true;
    }
  }
  return own;
}

/** Measures how long a state has been the same since it was first seen. The clock of this process alone counts, not that of the file's server. */
function stopwatch() {
  let [known, since] = [undefined, 0];
  return (state) => {
    if (state !== known) [known, since] = [state, performance.now()];
    return performance.now() - since;
  };
}

/** Creating with `wx` is atomic: of two processes one gets EEXIST. */
function tryCreate(path, own) {
  try {
    writeFileSync(path, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Reads a lock and its time from one open file: a network file system asks its server when a file is opened. */
function readIfThere(path) {
  let file;
  try {
    file = openSync(path, 'r');
    return { text: readFileSync(file, 'utf8'), touchedAt: fstatSync(file).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function parseOwner(text) {
  try {
    const owner = JSON.parse(text);
    return Number.isInteger(owner?.pid) ? owner : undefined;
  } catch {
    return undefined; // partly written: isStale judges it by the time that it stays so
  }
}

function isStale(owner, untouchedMs, graceMs) {
  if (owner === undefined) return untouchedMs > unreadableGraceMs;
  const liveness = livenessOf(owner);
  return liveness === 'unknown' ? untouchedMs > graceMs : liveness === 'dead';
}

/** Touches the lock. It is missing only if somebody removed it by hand. */
function touchIfThere(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/**
 * Two waiters may judge the same lock stale. Each moves it aside under a name of its own. A waiter that moved another's new lock
 * (its content differs from the judged one) moves it back.
 */
function removeStale(path, judged) {
  const aside = `${path}.stale-${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === judged) rmSync(aside);
  else renameSync(aside, path);
}
