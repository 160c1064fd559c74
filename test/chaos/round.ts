import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkArtifacts } from './checks/artifacts.ts';
import type { CheckContext } from './checks/context.ts';
import { checkNothingRuns, OrphanWatch } from './checks/orphans.ts';
import { checkPlayed, checkVerified, type Expected, exportOf } from './checks/played.ts';
import { checkRows } from './checks/rows.ts';
import { checkSteps } from './checks/steps.ts';
import { Dice } from './dice.ts';
import type { Scene } from './disturbances/scene.ts';
import type { Entry } from './workload/entry.ts';
import { type Played, play } from './workload/play.ts';
import { World, type WorldOptions } from './world.ts';

/** Time limit of a disturbed workload. */
const limitSeconds = 720;

/** Options of a round: one world from an empty database to the end of its workload and the checks. */
export interface RoundOptions {
  readonly scene: Scene;
  readonly world: Omit<WorldOptions, 'folder' | 'postgres' | 'journal'>;
  /** Parent of the round's own folder. */
  readonly folder: string;
  readonly workload: readonly Entry[];
  /** Exports of the undisturbed run; null if this is the undisturbed run. */
  readonly expected: Expected | null;
  /** Folder in which the datasets prepared by the undisturbed run are kept for the others. */
  readonly keepDatasets: string;
  /** Seed of the times at which studies are paused, moved and cancelled. */
  readonly seed: number;
}

/** Plays a workload in a world of its own, open to disturbances unless it is the undisturbed one. @returns the exports by name */
export async function playRound(options: RoundOptions): Promise<Map<string, string>> {
  const { scene, expected } = options;
  const { postgres, journal, tally } = scene;
  const folder = join(options.folder, options.world.name);
  await mkdir(folder, { recursive: true });
  const before = journal.differences.length;
  const database = await postgres.createDatabase('round');
  const exports = new Map<string, string>();
  {
    await using world = new World({ ...options.world, folder, postgres, journal }, database);
    const context: CheckContext = { world, journal, tally };
    await using _orphans = new OrphanWatch(context, scene.stopped);
    await world.start();
    if (expected) scene.worlds.add(world);
    const played = await playAll(context, options, exports);
    scene.worlds.delete(world);
    journal.note(`${options.world.name}: all studies have ended; running the checks`);
    await inCalm(scene, () => checkWorld(context, scene, played));
  }
  journal.note(`${options.world.name}: done`);
  await postgres.dropDatabase(database);
  if (!expected) await keepDatasets(folder, options.keepDatasets);
  if (journal.differences.length === before) await rm(join(folder, 'data'), { recursive: true, force: true });
  return exports;
}

async function keepDatasets(folder: string, target: string): Promise<void> {
  const prepared = join(folder, 'data', 'datasets');
  if (existsSync(prepared)) await cp(prepared, target, { recursive: true });
}

/** Plays all entries at once and checks each when it ends. An entry that does not end is a difference. */
async function playAll(
  context: CheckContext,
  { workload, expected, seed, world }: RoundOptions,
  exports: Map<string, string>,
): Promise<Played[]> {
  const entries = workload.filter(({ treatment }) => expected !== null || treatment !== 'cancelled');
  const played = entries.map(async (entry) => {
    const { name } = entry.definition;
    try {
      const done = await play(context.world, entry, expected && new Dice(seed, name), limitSeconds);
      await checkPlayed(context, done, expected ?? new Map());
      if (entry.kind === 'campaign' || entry.repeatable) exports.set(name, await exportOf(context, done));
      return [done];
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      context.journal.differ({ where: `${world.name}/${name}`, what, see: context.world.options.folder });
      return [];
    }
  });
  return (await Promise.all(played)).flat();
}

/** Runs work while PostgreSQL is not restarted. */
async function inCalm(scene: Scene, work: () => Promise<void>): Promise<void> {
  scene.calm += 1;
  try {
    await scene.restarting;
    await work();
  } finally {
    scene.calm -= 1;
  }
}

/** Checks a world whose workload has ended, first while its processes run, then after they have stopped. */
async function checkWorld(context: CheckContext, scene: Scene, played: readonly Played[]): Promise<void> {
  const { world, tally } = context;
  await world.setDiskFull(false);
  for (const { options } of world.units) {
    options.gate.heal();
    tally.add('answers to a commit lost', options.gate.lost());
  }
  await checkOthers(context, played);
  await leasesEnd(context, scene.leaseSeconds);
  await checkRows(context);
  await Promise.all(world.units.filter((unit) => unit.pid !== null).map((unit) => unit.end()));
  await checkNothingRuns(context);
  await checkSteps(context);
  await checkArtifacts(context);
}

/** Checks studies that were cancelled, or created twice because an answer was lost. */
async function checkOthers(context: CheckContext, played: readonly Played[]): Promise<void> {
  const known = new Set(played.map(({ id }) => id));
  const { world } = context;
  const studies = await world.database.ask<{ id: string; name: string }>('SELECT id::text, name FROM study WHERE campaign_id IS NULL');
  for (const { id, name } of studies) {
    if (known.has(id)) continue;
    await world.client.cancel(id).catch(() => undefined); // it has ended already
    await checkVerified(context, { kind: 'study', id, where: `${world.options.name}/${name} (${id})` });
  }
}

/** Waits until no lease is left. A process that was stopped while it held a trial learns of the loss when it continues. */
async function leasesEnd({ world }: CheckContext, leaseSeconds: number): Promise<void> {
  for (const end = performance.now() + (2 * leaseSeconds + 10) * 1000; performance.now() < end; await delay(500)) {
    const [row] = await world.database.ask<{ held: number }>(
      "SELECT count(*)::int AS held FROM trial WHERE state = 'running' OR lease_token IS NOT NULL",
    );
    if (row?.held === 0 && world.units.every((unit) => unit.pid === null || !unit.stopped)) return;
  }
}
