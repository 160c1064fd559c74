import { z } from 'zod';
import { bestOf } from '../../studies/ports/best-trial.ts';
import type { StudyOverview, TrialCounts } from '../../studies/ports/reader.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { sumsOfStudy } from './counters.ts';
import type { KnownDefinition } from './definition-cache.ts';
import { leadersOfStudy } from './leaderboard.ts';
import { paceFromRow, paceOfStudy, paceSchema } from './pace.ts';
import { studyColumns, studyRowSchema, trialRowSchema } from './raw-rows.ts';
import { studyFromRow, studyOf, trialFromRow } from './rows.ts';

const countsSchema = z.object({
  queued: z.int(),
  running: z.int(),
  completed: z.int(),
  pruned: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});

const overviewsSchema = z.array(
  studyRowSchema.extend({
    sums: countsSchema.extend({ steps_done: z.number(), steps_trained: z.number(), steps_reused: z.number(), steps_saved: z.number() }),
    best: trialRowSchema.nullable(),
    pace: paceSchema,
  }),
);

/**
 * Reads studies with what their representations show of their trials, in one statement: its cost does not grow with the number of
 * trials that are observed.
 *
 * @param which condition of the row `study`; in the order of creation
 * @param known the definition of the only study that the condition holds for; null: it is read
 */
export async function readOverviews(read: ReadRows, which: Prisma.Sql, known: KnownDefinition | null = null): Promise<StudyOverview[]> {
  const rows = await read(Prisma.sql`
    SELECT ${known ? Prisma.sql`NULL::jsonb` : Prisma.sql`study.spec`} AS spec, ${studyColumns}, to_jsonb(sums) AS sums, to_jsonb(best) AS best, to_jsonb(pace) AS pace
    FROM study
      CROSS JOIN LATERAL (${sumsOfStudy}) AS sums
      CROSS JOIN LATERAL (${paceOfStudy}) AS pace
      LEFT JOIN LATERAL (${leadersOfStudy(1)}) AS best ON true
    WHERE ${which}
    ORDER BY study.created_at, study.id`);
  return overviewsSchema.parse(rows).map(({ sums, best, pace, ...row }) => {
    const study = known ? studyOf(row, known) : studyFromRow(row);
    const { steps_done: done, steps_trained: trained, steps_reused: reused, steps_saved: saved, ...trials } = sums;
    return {
      study,
      frontSize: null,
      trials,
      best: bestOf(study, best && trialFromRow(best)),
      steps: { done, trained, reused, saved },
      pace: paceFromRow(pace),
    };
  });
}

const countRows = z.array(countsSchema);

/** Counts the trials of a study in each state. */
export async function readTrialCounts(read: ReadRows, studyId: string): Promise<TrialCounts> {
  const rows = await read(Prisma.sql`
    SELECT sums.* FROM study CROSS JOIN LATERAL (${sumsOfStudy}) AS sums WHERE study.id = ${studyId}::uuid`);
  const [counts = { queued: 0, running: 0, completed: 0, pruned: 0, failed: 0, cancelled: 0 }] = countRows.parse(rows);
  return counts;
}
