/**
 * Makes the fixtures of a version: `node test/upgrade/make-fixtures.mjs CHECKOUT FOLDER`, where CHECKOUT is a checkout of that version
 * with node_modules, the generated Prisma client and `dist/`. It works with 0.1.0 (commit 0e13dda), which it was written for: see README.md.
 *
 * A scene is a database and a data folder of its own. Services of the old version work there with fake trainers, and one is killed
 * where a scene needs a search in the middle. The rows of all scenes become one dump.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dumpOf } from './make/dump.mjs';
import { forksOf } from './make/forks.mjs';
import { recordOf } from './make/record.mjs';
import { endedScene } from './make/scene-ended.mjs';
import { middleScenes } from './make/scenes-middle.mjs';
import { openWorkshop } from './make/workshop.mjs';

const [checkout, folder] = process.argv.slice(2).map((path) => resolve(path));
if (!folder) throw new Error('usage: node test/upgrade/make-fixtures.mjs CHECKOUT FOLDER');

await rm(folder, { recursive: true, force: true });
for (const part of ['exports', 'ends', 'forks']) await mkdir(join(folder, part), { recursive: true });
const write = (path, text) => writeFile(join(folder, path), text);
const read = (path) => readFile(join(folder, path), 'utf8');

const workshop = await openWorkshop(checkout);
try {
  const scenes = [await endedScene(workshop), ...(await middleScenes(workshop))];
  const record = await recordOf(scenes, write);
  await dumpOf(scenes, checkout, write);
  record.forks = await forksOf(workshop, record, write, read);
  await write('manifest.json', `${JSON.stringify(record)}\n`);
} finally {
  await workshop.close();
}
