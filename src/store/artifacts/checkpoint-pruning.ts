import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Database, readsOf } from '../database/database.ts';
import { isYoung, removeUnlessYoung } from '../files/aged-files.ts';
import { hasCode } from '../files/system-error.ts';
import { Prisma } from '../generated/client.ts';
import { goesOnWith } from '../studies/continued.ts';
import type { FrontReads } from '../studies/fronts.ts';
import { type FrontLeaders, frontLeaders } from './front-leaders.ts';

/** Trials of a study whose last step checkpoint is kept: the first ones of its leaderboard. */
const bestKept = 10;
/**
 * Grace period: a younger file may not be recorded in the database yet, because its transaction is running or retried. A trial with several
 * metrics that completed within it may not be ranked yet.
 */
const recordingMs = 120_000;

/** A later step of the same training is recorded, and the training continues from there. */
const superseded = Prisma.sql`
  EXISTS (SELECT 1 FROM step_checkpoint AS later WHERE later.result_key = checkpoint.result_key AND later.step > checkpoint.step)`;

/** A trial that runs, or was begun, needs its last two steps: one to continue from, one as a fallback. */
const neededByOpenTrial = Prisma.sql`
  EXISTS (
    SELECT 1 FROM trial
    WHERE trial.result_key = checkpoint.result_key AND trial.state IN ('queued', 'running') AND checkpoint.step >= trial.steps_done - 1
  )`;

/**
 * A trial that waits, or was just claimed, identifies its training by the exclusion key alone. It continues from the last step, or
 * is evaluated at the requested one. (The key is compared twice, so that each state has its partial index.)
 */
const neededByWaitingTrial = Prisma.sql`
  EXISTS (
    SELECT 1 FROM trial AS begun JOIN trial AS waiting
      ON waiting.exclusion_key = begun.exclusion_key AND waiting.state = 'queued' OR waiting.exclusion_key = begun.exclusion_key AND waiting.state = 'running'
    WHERE begun.result_key = checkpoint.result_key AND (waiting.steps_wanted = checkpoint.step OR NOT ${superseded})
  )`;

/**
 * Trials that an open one continues, by `origin.continues`, with more steps or changed values. One with changed values is a training of its
 * own that begins at the last step of the other, whose training may have gone on. One that has begun with the training of the other itself needs
 * no more than any open trial. Each state has its partial index; enqueued trials, which may be many, continue none.
 */
const continuedTrials = Prisma.sql`
  SELECT needed.result_key, needed.first, needed.last
  FROM (
    SELECT study_id, number, origin, given, result_key FROM trial WHERE state = 'queued'
    UNION ALL SELECT study_id, number, origin, given, result_key FROM trial WHERE state = 'running'
  ) AS continuing
    JOIN trial AS continued ON ${Prisma.raw(goesOnWith('continuing', 'continued'))}
    LEFT JOIN trial AS before ON ${Prisma.raw(goesOnWith('continued', 'before'))} AND before.result_key IS DISTINCT FROM continued.result_key
    CROSS JOIN LATERAL (VALUES
      (continued.result_key, continued.steps_done - 1, continued.steps_done),
      (before.result_key, continued.steps_done - 1, before.steps_done)
    ) AS needed (result_key, first, last)
  WHERE continuing.given IS NULL AND continuing.result_key IS DISTINCT FROM continued.result_key AND needed.result_key IS NOT NULL`;

/**
 * The trial that continues another one needs the last step of that one, and the step before as a fallback: where the other took one step with its
 * values, that of the training before it.
 */
function neededByContinuingTrial(continued: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    EXISTS (
      SELECT 1 FROM ${continued} AS continued
      WHERE continued.result_key = checkpoint.result_key AND checkpoint.step BETWEEN continued.first AND continued.last
    )`;
}

/**
 * A study keeps the last step of its best trials, also when it has ended: finalists are evaluated from them. Those of a study with several
 * metrics were ranked before the statement; a trial that has completed since may be one of them.
 */
function neededByBestTrials({ studies, trials }: FrontLeaders): Prisma.Sql {
  return Prisma.sql`
    EXISTS (
      SELECT 1 FROM trial
      WHERE trial.result_key = checkpoint.result_key AND trial.state = 'completed' AND trial.steps_done = checkpoint.step
        AND CASE WHEN trial.study_id = ANY (${studies}::uuid[]) THEN
          trial.id = ANY (${trials}::uuid[]) OR trial.finished_at > clock_timestamp() - make_interval(secs => ${recordingMs / 1000}::float8)
        ELSE trial.id IN (
          SELECT best.id FROM trial AS best
          WHERE best.study_id = trial.study_id AND best.state = 'completed' ORDER BY best.score DESC NULLS LAST, best.violation, best.number LIMIT ${bestKept}::int
        ) END
    )`;
}

/** @param continued a table of `continuedTrials` */
function unneeded(leaders: FrontLeaders, continued: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    NOT ${neededByOpenTrial} AND NOT ${neededByWaitingTrial} AND NOT ${neededByContinuingTrial(continued)} AND NOT ${neededByBestTrials(leaders)}`;
}

// The time of the record as text: it is compared, never computed with.
const expendableSchema = z.array(z.object({ result_key: z.string(), step: z.number(), file: z.string(), created_at: z.string() }));
type Expendable = z.infer<typeof expendableSchema>[number];

/**
 * Deletes step checkpoints. Those that an open trial or a study's best trials need are kept. Of the others a superseded one is
 * deleted at once; the last step of a training is kept for a trial that may ask for more steps later, until all recorded
 * checkpoints together exceed the limit: then the oldest of these are deleted until they fit. Deleted steps are trained again on
 * request; the stored results of their steps (`step_result`) are never deleted.
 *
 * A deleted study needs nothing: its superseded checkpoints are deleted at once, the last steps of its trainings are kept for reuse
 * as any other's, and its results still answer equal trials.
 *
 * Another trial of the same training may record the same file at any moment, so each record is deleted only if it is unchanged and
 * still unneeded, and a file that may be about to be recorded is kept, with its record, until a later call. The record is deleted
 * before its file: a crash between leaves a file without a record, which `checkpointLeftovers` removes later, and never a record
 * without a file.
 *
 * @param fronts ranks the trials of studies with several metrics, on this thread
 * @returns number of deleted checkpoints
 */
export async function pruneStepCheckpoints(
  database: Database,
  fronts: FrontReads,
  { folder, limitMb }: { readonly folder: string; readonly limitMb: number },
): Promise<number> {
  const folders = new Set<string>();
  let deleted = 0;
  const leaders = await frontLeaders(readsOf(database), fronts, bestKept);
  for (const checkpoint of await expendable(database, { limitMb, leaders })) {
    const file = join(folder, checkpoint.file);
    if ((await isYoung(file, recordingMs)) || !(await deleteRecord(database, checkpoint, leaders))) continue;
    await removeUnlessYoung(file, recordingMs);
    folders.add(dirname(file));
    deleted += 1;
  }
  for (const emptied of folders) await removeIfEmpty(emptied);
  return deleted;
}

/**
 * Checkpoints to delete: all superseded ones, then the oldest while the rest exceeds the limit. Below the limit only the superseded
 * ones, which are few, are checked for need; every other record is read once.
 */
async function expendable(
  database: Database,
  { limitMb, leaders }: { readonly limitMb: number; readonly leaders: FrontLeaders },
): Promise<Expendable[]> {
  return expendableSchema.parse(
    await database.$queryRaw`
      WITH excess AS (
        SELECT sum(bytes) - ${limitMb}::bigint * 1048576 AS bytes FROM step_checkpoint
      ), candidate AS MATERIALIZED (
        SELECT checkpoint.*, ${superseded} AS superseded FROM step_checkpoint AS checkpoint
      ), continued AS MATERIALIZED (${continuedTrials}), spare AS (
        SELECT checkpoint.*, sum(bytes) OVER (ORDER BY superseded DESC, created_at, result_key, step) - bytes AS freed_before
        FROM candidate AS checkpoint
        WHERE (superseded OR (SELECT bytes FROM excess) > 0) AND ${unneeded(leaders, Prisma.sql`continued`)}
      )
      SELECT result_key, step, file, created_at::text
      FROM spare
      WHERE superseded OR freed_before < (SELECT bytes FROM excess)
      ORDER BY freed_before`,
  );
}

/** False if it was recorded again, became needed, or another runner deleted it. */
async function deleteRecord(
  database: Database,
  { result_key: digest, step, created_at: createdAt }: Expendable,
  leaders: FrontLeaders,
): Promise<boolean> {
  const deleted = await database.$executeRaw`
    DELETE FROM step_checkpoint AS checkpoint
    WHERE checkpoint.result_key = ${digest} AND checkpoint.step = ${step}::int AND checkpoint.created_at = ${createdAt}::timestamptz
      AND ${unneeded(leaders, Prisma.sql`(${continuedTrials})`)}`;
  return deleted > 0;
}

/** Removes an empty folder. `rmdir` fails for any other: a file that a trainer writes there meanwhile is kept. */
export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].some((code) => hasCode(error, code))) throw error;
  });
}
