import { existsSync } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openArtifacts } from '../../../src/store/artifacts/artifacts.ts';
import { openDatabase } from '../../../src/store/database/database.ts';
import type { CheckContext } from './context.ts';

/** Where step checkpoints are: under their keys, and before that in the scratch folders of attempts. */
const parts = ['steps', 'scratch'];
/** Files that nobody recorded are removed after an hour: so long ago everything here was written, for the sweep that follows. */
const agoMs = 2 * 3_600_000;
/** The sweep looks through one part of the folder at a time; there are at most 257. */
const sweeps = 258;

/**
 * Compares the step checkpoints on disk with their records, once nothing runs any more. What a crash left is the business of
 * the service's own sweep, which waits an hour: the files are made that old and it is run here. Whatever has no
 * owner after that would never get one; a record without its file would make a training begin too early.
 */
export async function checkArtifacts({ world, journal, tally }: CheckContext): Promise<void> {
  const folder = join(world.dataFolder, 'artifacts');
  for (const part of parts) await age(join(folder, part));
  await sweep(world.database.url(), folder);
  const records = await world.database.ask<{ file: string; bytes: number }>('SELECT file, bytes FROM step_checkpoint');
  const recorded = new Map(records.map(({ file, bytes }) => [file, bytes]));
  const differ = (what: string): void => {
    tally.add('artifacts without owner');
    journal.differ({ where: world.options.name, what, see: folder });
  };
  const files = (await Promise.all(parts.map((part) => filesBelow(join(folder, part))))).flat();
  for (const file of files) {
    const name = relative(folder, file);
    const { size } = await stat(file);
    if (!recorded.has(name)) differ(`${name} belongs to no record`);
    else if (recorded.get(name) !== size) differ(`${name} has ${size} bytes, its record says ${recorded.get(name)}`);
    recorded.delete(name);
  }
  for (const name of recorded.keys()) differ(`${name} is recorded and not there`);
}

async function age(folder: string): Promise<void> {
  const then = new Date(Date.now() - agoMs);
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { recursive: true })) await utimes(join(folder, entry), then, then);
}

/** As a runner does every half minute. */
async function sweep(url: string, folder: string): Promise<void> {
  await using database = openDatabase({ url, connections: 1 });
  const artifacts = await openArtifacts(database, { folder, limitMb: 1_000_000 });
  for (let turn = 0; turn < sweeps; turn += 1) await artifacts.prune();
}

async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
