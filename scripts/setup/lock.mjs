import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { livenessOf, thisProcess } from './lock-owner.mjs';

export { isAlive } from './lock-owner.mjs';

const pollMs = 250;
/** A lock without a readable owner is being written. If it stays so for this long, its writer died. */
const unreadableGraceMs = 10_000;
/** An owner that cannot be inspected (in another container, for example) counts as alive as long as it touches its lock. */
const untouchedGraceMs = 60_000;

/**
 * Runs `work` while this process alone holds the lock at `path`. Takes over the lock of a dead owner. For a living owner, calls
 * `onWait(pid)` once and waits until it releases the lock. The lock is touched every `touchMs` while it is held.
 */
export async function withLock(path, work, onWait = () => {}, touchMs = 10_000) {
  const text = await acquire(path, onWait);
  const touch = setInterval(() => touchIfThere(path), touchMs).unref();
  const release = () => {
    if (readIfThere(path) === text) rmSync(path, { force: true });
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
async function acquire(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  const own = JSON.stringify({ ...thisProcess(), since: new Date().toISOString() });
  for (let announced = false; !tryCreate(path, own); await delay(pollMs)) {
    const text = readIfThere(path);
    if (text === undefined) continue;
    const owner = parseOwner(text);
    if (isStale(path, owner)) removeStale(path, text);
    else if (!announced && owner !== undefined) {
      onWait(owner.pid);
      announced = true;
    }
  }
  return own;
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

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text) {
  try {
    const owner = JSON.parse(text);
    return Number.isInteger(owner?.pid) ? owner : undefined;
  } catch {
    return undefined; // partly written: isStale judges it by its age
  }
}

function isStale(path, owner) {
  const liveness = owner === undefined ? 'unknown' : livenessOf(owner);
  if (liveness !== 'unknown') return liveness === 'dead';
  const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - touchedAt > (owner === undefined ? unreadableGraceMs : untouchedGraceMs);
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
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === judged) rmSync(aside);
  else renameSync(aside, path);
}
