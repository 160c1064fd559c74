import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 250;
/** A lock without a readable owner is being written; one that stays so this long belongs to a process that died in between. */
const unreadableGraceMs = 10_000;

/**
 * Runs `work` while this process alone holds `path`. A lock whose owner no longer lives on this host is taken over; of a living
 * owner `onWait(pid)` hears once, and we wait for its end.
 */
export async function withLock(path, work, onWait = () => {}) {
  await acquire(path, onWait);
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  for (let announced = false; !tryCreate(path); await delay(pollMs)) {
    const text = readIfThere(path);
    if (text === undefined) continue;
    const owner = parseOwner(text);
    if (isStale(path, owner)) removeStale(path, text);
    else if (!announced && owner !== undefined) {
      onWait(owner.pid);
      announced = true;
    }
  }
}

/** Creating with `wx` is atomic: of two processes one gets EEXIST. */
function tryCreate(path) {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), startedAt: new Date().toISOString() }), { flag: 'wx' });
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
    const { pid, host } = JSON.parse(text);
    return { pid, host };
  } catch {
    return undefined; // written half: isStale judges it by its age
  }
}

function isStale(path, owner) {
  if (owner === undefined) return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > unreadableGraceMs;
  return owner.host === hostname() && !isAlive(owner.pid);
}

/** Whether a process with this id exists; one of another user's counts. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
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
