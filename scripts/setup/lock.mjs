import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { livenessOf, thisProcess } from './lock-owner.mjs';

export { isAlive } from './lock-owner.mjs';

const pollMs = 250;
/** A lock without a readable owner is being written; one that stays so this long belongs to a process that died in between. */
const unreadableGraceMs = 10_000;
/** An owner who cannot be looked at (in another container, say) lives as long as it touches its lock. */
const untouchedGraceMs = 60_000;

/**
 * Runs `work` while this process alone holds `path`. A lock whose owner no longer lives is taken over; of a living owner
 * `onWait(pid)` hears once, and we wait for its end. The lock is touched while it is held, every `touchMs`.
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

/** Resolves, once the lock is ours, with what it says. */
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
    return undefined; // written half: isStale judges it by its age
  }
}

function isStale(path, owner) {
  const liveness = owner === undefined ? 'unknown' : livenessOf(owner);
  if (liveness !== 'unknown') return liveness === 'dead';
  const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - touchedAt > (owner === undefined ? unreadableGraceMs : untouchedGraceMs);
}

/** Gone only where somebody removed it by hand. */
function touchIfThere(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/**
 * Two waiters may judge the same lock stale. Each moves it aside under a name of its own; whoever moved another's fresh lock
 * (its content differs from what was judged) puts it back.
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
