import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { livenessOf, thisProcess } from '../setup/lock-owner.mjs';
import { packageFolder } from './places.mjs';

const buildingPrefix = 'building-';
/** A process on another machine or in another container (with a shared home) cannot be checked. After a day, its building folder counts as abandoned. */
const foreignBuildingLifeMs = 24 * 3600 * 1000;
const ownerName = 'owner.json';
const manifestName = 'manifest.json';

/** Creates a folder beside the finished builds, on the same file system, so that a single rename publishes a build. */
export function createBuilding(cache) {
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const folder = join(cache, `${buildingPrefix}${randomUUID()}`);
  mkdirSync(folder);
  writeFileSync(join(folder, ownerName), JSON.stringify(thisProcess()));
  return folder;
}

function removeAbandoned(cache) {
  for (const name of readdirSync(cache).filter((each) => each.startsWith(buildingPrefix))) {
    const folder = join(cache, name);
    const liveness = livenessOfOwner(folder);
    const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    const abandoned = liveness === 'dead' || (liveness === 'unknown' && ageMs > foreignBuildingLifeMs);
    if (abandoned) rmSync(folder, { recursive: true, force: true });
  }
}

/** `unknown` also for a folder whose owner is being written, or was never written. */
function livenessOfOwner(folder) {
  try {
    return livenessOf(JSON.parse(readFileSync(join(folder, ownerName), 'utf8')));
  } catch {
    return 'unknown';
  }
}

/** Copies the installed package without its native part, so that one can be built and tested in the copy. */
export function copyPackage(root, building) {
  const copy = join(building, 'package');
  const native = ['lib', 'deps', 'build'].map((name) => join(packageFolder(root), name));
  cpSync(packageFolder(root), copy, { recursive: true, filter: (source) => !native.includes(source) });
  return copy;
}

/**
 * Moves `lib` and `deps` of a finished copy into the cache by a single rename, with a manifest of their sizes. Keeps a build that
 * another process put there meanwhile. Returns the folder in the cache.
 */
export function publish(copy, building, cache, name) {
  const finished = join(building, 'finished');
  mkdirSync(finished);
  for (const part of ['lib', 'deps']) if (existsSync(join(copy, part))) renameSync(join(copy, part), join(finished, part));
  rmSync(join(finished, 'deps', 'include'), { recursive: true, force: true }); // only needed to build
  writeFileSync(join(finished, manifestName), `${JSON.stringify(sizesBelow(finished), null, 2)}\n`);
  const place = join(cache, name);
  if (!isWhole(place)) removeBuild(place);
  try {
    renameSync(finished, place);
  } catch (error) {
    if (!isWhole(place)) throw error;
  }
  return place;
}

/** Tells whether a build in the cache still has every file that it was published with, in its full size. */
export function isWhole(place) {
  const manifest = join(place, manifestName);
  if (!existsSync(manifest)) return false;
  const wanted = Object.entries(JSON.parse(readFileSync(manifest, 'utf8')));
  return wanted.every(([path, size]) => statSync(join(place, path), { throwIfNoEntry: false })?.size === size);
}

/** Takes a build out of the cache by a single rename before deleting it, so that no process sees a part of it. */
export function removeBuild(place) {
  if (!existsSync(place)) return;
  const aside = `${place}.removed-${randomUUID()}`;
  renameSync(place, aside);
  rmSync(aside, { recursive: true, force: true });
}

function sizesBelow(folder, base = folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return Object.entries(sizesBelow(path, base));
    return [[relative(base, path), statSync(path).size]];
  });
  return Object.fromEntries(entries);
}

/** Makes the installed package use a build of the cache. `lib` is switched last, because the add-on finds `deps` relative to its real path. */
export function link(root, place) {
  for (const part of ['deps', 'lib']) if (existsSync(join(place, part))) swapLink(join(place, part), join(packageFolder(root), part));
}

/** Removes the links, but not folders that were put there by others. */
export function unlink(root) {
  for (const part of ['lib', 'deps']) {
    const path = join(packageFolder(root), part);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
  }
}

function swapLink(target, path) {
  const beside = `${path}.${process.pid}`;
  rmSync(beside, { recursive: true, force: true });
  symlinkSync(target, beside, 'junction'); // on Windows every user may create junctions; other platforms ignore the type
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && (!stat.isSymbolicLink() || process.platform === 'win32')) {
    const old = `${path}.old-${process.pid}`; // a folder cannot be overwritten by a rename
    renameSync(path, old);
    renameSync(beside, path);
    rmSync(old, { recursive: true, force: true });
  } else renameSync(beside, path);
}
