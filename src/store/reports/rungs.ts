import { z } from 'zod';
import type { RungTotals } from '../../studies/ports/report-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

const rungsSchema = z.array(
  z.object({
    rung: z.int(),
    fewestSteps: z.int(),
    mostSteps: z.int(),
    trials: z.int(),
    wentOn: z.int(),
    best: z.number().nullable(),
    stepsSaved: z.number(),
  }),
);

/** Reads the rungs of a study, as the origins of its trials name them, in one scan. Trials that a client gave are at none. */
export async function readRungTotals(connection: Connection, studyId: string): Promise<RungTotals[]> {
  return rungsSchema.parse(
    await connection.$queryRaw(Prisma.sql`
      WITH charged AS (
        SELECT trial.number, trial.steps_wanted, trial.value, trial.score, (trial.origin ->> 'rung')::int AS rung,
          (trial.origin ->> 'steps')::int AS steps, (trial.origin ->> 'continues')::int AS continues
        FROM trial JOIN study ON study.id = trial.study_id
        WHERE trial.study_id = ${studyId}::uuid AND trial.state IN ('completed', 'failed') AND trial.given IS NULL
          AND trial.number <= COALESCE((study.outcome ->> 'lastTrial')::int, trial.number)
      ), continued AS (SELECT DISTINCT continues FROM charged WHERE continues IS NOT NULL)
      SELECT rung, min(steps_wanted) AS "fewestSteps", max(steps_wanted) AS "mostSteps", count(*)::int AS trials,
        count(continued.continues)::int AS "wentOn", (array_agg(value ORDER BY score DESC, number) FILTER (WHERE score IS NOT NULL))[1] AS best,
        COALESCE(sum(GREATEST(steps - steps_wanted, 0)) FILTER (WHERE continued.continues IS NULL), 0)::float8 AS "stepsSaved"
      FROM charged LEFT JOIN continued ON continued.continues = charged.number
      WHERE rung IS NOT NULL
      GROUP BY rung ORDER BY rung`),
  );
}
