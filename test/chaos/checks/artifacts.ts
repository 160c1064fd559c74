import { existsSync } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openArtifacts } from '../../../src/store/artifacts/artifacts.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { openDatabase } from '../../../src/store/database/database.ts';
import type { CheckContext } from './context.ts';

/** Where step checkpoints are: under their keys, and before that in the scratch folders of attempts. */
const parts = ['steps', 'scratch'];
/** Age that all files are set to before the sweep, which removes unrecorded files only after an hour. */
const agoMs = 2 * 3_600_000;
/** The sweep checks one part of the folder at a time. There are at most 257 parts. */
const sweeps = 258;

/**
 * Compares the step checkpoints on disk with their records when no process runs any more. The service's own sweep removes the
 * leftovers of a crash after an hour, so the files are made that old and the sweep is run here. A file without an owner after
 * that would never get one. A record without its file would make a training start from an earlier step.
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

/** Runs the sweep that a runner runs every half minute. */
async function sweep(url: string, folder: string): Promise<void> {
  await using database = openDatabase({ address: readAddress(url), connections: 1 });
  const artifacts = await openArtifacts(database, { folder, limitMb: 1_000_000 });
  for (let turn = 0; turn < sweeps; turn += 1) await artifacts.prune();
}

async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
