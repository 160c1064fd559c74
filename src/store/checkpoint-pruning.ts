import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isYoung, removeUnlessYoung } from './aged-files.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { hasCode } from './system-error.ts';

/** Trials of a study whose last epoch checkpoint is kept. */
const bestKept = 10;
/** Between a trainer's rename and its runner's record lie moments, or a transaction that was tried again: a file this young may be about to be recorded. */
const recordingMs = 120_000;

/** An open trial needs its last two epochs (one to go on from, one to fall back on), a study the last epoch of its best trials. */
const unneeded = Prisma.sql`
  NOT EXISTS (
    SELECT 1 FROM trial
    WHERE trial.epochs_digest = checkpoint.epochs_digest AND trial.state IN ('queued', 'running') AND checkpoint.epoch >= trial.epochs_done - 1
  ) AND NOT EXISTS (
    SELECT 1 FROM trial
    WHERE trial.epochs_digest = checkpoint.epochs_digest AND trial.state = 'completed' AND trial.epochs_done = checkpoint.epoch
      AND trial.id IN (
        SELECT best.id FROM trial AS best
        WHERE best.study_id = trial.study_id AND best.state = 'completed' ORDER BY best.score DESC NULLS LAST, best.number LIMIT ${bestKept}::int
      )
  )`;

// The time of the record as text: it is compared, never computed with.
const expendableSchema = z.array(z.object({ epochs_digest: z.string(), epoch: z.number(), file: z.string(), created_at: z.string() }));
type Expendable = z.infer<typeof expendableSchema>[number];

/**
 * Deletes the epoch checkpoints that nobody needs.
 *
 * Another trial of the same training (a twin) may write and record the very same file at any moment, so each record is
 * deleted only if it is still the one that was read and still unneeded, and a file that a twin may be about to record
 * stays, with its record, for the next time. The record goes before its file: a death between leaves a file without a
 * record, which `checkpointLeftovers` removes later, and never a record whose file is gone.
 *
 * @returns how many were deleted
 */
export async function pruneEpochCheckpoints(database: Database, folder: string): Promise<number> {
  const expendable = expendableSchema.parse(
    await database.$queryRaw`
      SELECT checkpoint.epochs_digest, checkpoint.epoch, checkpoint.file, checkpoint.created_at::text
      FROM epoch_checkpoint AS checkpoint WHERE ${unneeded}`,
  );
  const folders = new Set<string>();
  let deleted = 0;
  for (const checkpoint of expendable) {
    const file = join(folder, checkpoint.file);
    if ((await isYoung(file, recordingMs)) || !(await deleteRecord(database, checkpoint))) continue;
    await removeUnlessYoung(file, recordingMs);
    folders.add(dirname(file));
    deleted += 1;
  }
  for (const emptied of folders) await removeIfEmpty(emptied);
  return deleted;
}

/** False where it was recorded again, became needed, or another runner deleted it. */
async function deleteRecord(database: Database, { epochs_digest: digest, epoch, created_at: createdAt }: Expendable): Promise<boolean> {
  const deleted = await database.$executeRaw`
    DELETE FROM epoch_checkpoint AS checkpoint
    WHERE checkpoint.epochs_digest = ${digest} AND checkpoint.epoch = ${epoch}::int AND checkpoint.created_at = ${createdAt}::timestamptz AND ${unneeded}`;
  return deleted > 0;
}

/** Removes a folder that has nothing in it. `rmdir` refuses any other: a file that a trainer writes there at this moment stays. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].some((code) => hasCode(error, code))) throw error;
  });
}
