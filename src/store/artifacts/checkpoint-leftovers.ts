import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { isYoung, removeUnlessYoung } from '../files/aged-files.ts';
import { hasCode } from '../files/system-error.ts';
import { removeIfEmpty } from './checkpoint-pruning.ts';

/** A file without a record for this long will not be recorded: a step is recorded as soon as it is written. */
const abandonedMs = 3_600_000;
/** Files of trainers: checkpoints and their temporary files. Other files are never removed. */
const ours = /^\d+\.ckpt$|\.tmp$/;

const recordedSchema = z.array(z.object({ file: z.string() }));
const heldSchema = z.array(z.object({ token: z.string() }));
const digestsSchema = z.array(z.object({ result_key: z.string() }));

/** Looks for files that no record names. */
export interface CheckpointLeftovers {
  /** Searches the scratch folders and the next part of the folder; starts again after the last part. */
  removeSome(): Promise<void>;
}

/**
 * Removes leftovers of crashes: files that were renamed and never recorded, or whose record was deleted just before; temporary
 * files; folders of trainings that never finished a step; scratch folders of attempts. Only files older than an hour of trainings
 * without an open trial, and scratch folders without a holder. One call reads the scratch folders, which are few, and one folder of `steps/` (at most 256, by the first two
 * digits of the key; `epochs/` has those of earlier versions), so that its cost is independent of the number of trainings.
 */
export function checkpointLeftovers(database: Database, folder: string): CheckpointLeftovers {
  const scratch = join(folder, 'scratch');
  let parts: string[] = [];
  return {
    removeSome: async () => {
      await clearScratch(database, scratch);
      if (parts.length === 0) parts = [...(await foldersIn(join(folder, 'epochs'))), ...(await foldersIn(join(folder, 'steps')))];
      const part = parts.shift();
      if (part !== undefined) await clearPart(database, folder, part);
    },
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).map((name) => join(folder, name));
}

/** Removes old scratch folders: each is named by the token of a lease; if no trial holds the token, its attempt is over. */
async function clearScratch(database: Database, scratch: string): Promise<void> {
  const old: string[] = [];
  for (const token of await namesIn(scratch)) if (!(await isYoung(join(scratch, token), abandonedMs))) old.push(token);
  if (old.length === 0) return;
  const tokens = old.filter((name) => z.guid().safeParse(name).success);
  const rows = await database.$queryRaw`SELECT lease_token::text AS token FROM trial WHERE lease_token = ANY (${tokens}::uuid[])`;
  const held = new Set(heldSchema.parse(rows).map(({ token }) => token));
  for (const token of old) if (!held.has(token)) await rm(join(scratch, token), { recursive: true, force: true });
}

async function clearPart(database: Database, folder: string, part: string): Promise<void> {
  const old = new Map<string, string[]>();
  for (const digest of await namesIn(part)) {
    const files = await oldFiles(join(part, digest));
    if (files !== null) old.set(digest, files);
  }
  if (old.size === 0) return;
  const [open, recorded] = [await openAmong(database, [...old.keys()]), await recordedAmong(database, [...old.keys()])];
  for (const [digest, files] of old) {
    if (open.has(digest)) continue;
    for (const file of files) if (!recorded.has(relative(folder, file))) await removeUnlessYoung(file, abandonedMs);
    await removeIfEmpty(join(part, digest));
  }
}

/**
 * Old checkpoint files in a training's folder; null if there is nothing to do. An old folder without files gives an empty list and
 * is removed.
 */
async function oldFiles(folder: string): Promise<string[] | null> {
  const names = await namesIn(folder);
  if (names.length === 0) return (await isYoung(folder, abandonedMs)) ? null : [];
  const old: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    if (ours.test(name) && !(await isYoung(file, abandonedMs))) old.push(file);
  }
  return old.length > 0 ? old : null;
}

async function openAmong(database: Database, digests: readonly string[]): Promise<Set<string>> {
  const rows = await database.$queryRaw`
    SELECT DISTINCT result_key FROM trial WHERE result_key = ANY (${digests}::text[]) AND state IN ('queued', 'running')`;
  return new Set(digestsSchema.parse(rows).map((row) => row.result_key));
}

async function recordedAmong(database: Database, digests: readonly string[]): Promise<Set<string>> {
  const rows = await database.$queryRaw`SELECT file FROM step_checkpoint WHERE result_key = ANY (${digests}::text[])`;
  return new Set(recordedSchema.parse(rows).map((row) => row.file));
}

/** Names in a folder; none if it is not a folder, or gone. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
}
