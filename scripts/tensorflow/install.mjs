import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from '../setup/failure.mjs';
import { copyPackage, createBuilding, isWhole, link, publish, unlink } from './cache.mjs';
import { official } from './official.mjs';
import { buildName, cacheFolder } from './places.mjs';
import { probe, probeInstalled } from './probe.mjs';
import { toolsAdvice } from './remedy.mjs';
import { fromWheel } from './wheel.mjs';

/** The build of the package's authors first, then our own. */
const sources = [official, fromWheel];

/**
 * Makes the native part of TensorFlow work in this checkout, from the user's cache or newly built. Changes nothing if it works
 * already. Resolves to `{ version }`, or to `{ reasons, advice }` if every source failed. The service runs without it, but studies
 * that train fail.
 */
export async function installTensorflow({ root, progress }) {
  const installed = await probeInstalled(root);
  if (installed.version !== undefined) return { version: installed.version, changed: false };
  const cache = cacheFolder();
  const cached = await fromCache(root, cache);
  if (cached !== undefined) return cached;
  const reasons = [];
  for (const source of sources) {
    const made = await makeAndLink(source, { root, cache, progress });
    if (made.version !== undefined) return made;
    reasons.push(made.problem);
  }
  return { reasons, advice: toolsAdvice() };
}

async function fromCache(root, cache) {
  for (const { flavour } of sources) {
    const place = join(cache, buildName(root, flavour));
    if (!isWhole(place)) continue; // a broken build stays until its replacement is ready, because other checkouts may use it
    const linked = await linkAndProbe(root, place);
    if (linked.version !== undefined) return linked;
  }
  return undefined;
}

async function linkAndProbe(root, place) {
  link(root, place);
  const result = await probeInstalled(root);
  if (result.version === undefined) unlink(root);
  return { ...result, changed: true, place };
}

/** Builds in a temporary folder, tests the build there, moves it into the cache and links it. */
async function makeAndLink(source, { root, cache, progress }) {
  const obstacle = source.obstacle();
  if (obstacle !== undefined) return { problem: capitalised(obstacle) };
  const building = createBuilding(cache);
  const cleanUp = () => rmSync(building, { recursive: true, force: true });
  process.once('exit', cleanUp);
  try {
    const copy = copyPackage(root, building);
    await progress.during(source.title, (update) => source.make({ root, copy, building, update }));
    const tried = await probe(copy, root);
    if (tried.version === undefined) return { problem: `${source.title} produced a library that does not work here: ${tried.problem}` };
    return await linkAndProbe(root, publish(copy, building, cache, buildName(root, source.flavour)));
  } catch (error) {
    if (error instanceof SetupFailure) return { problem: error.message.replace(/\.$/, '') };
    throw error;
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
