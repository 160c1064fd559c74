import { z } from 'zod';
import { mostTrials } from '../../studies/model/trial.ts';
import type { CurveLimits, LearningCurves } from '../../studies/ports/report-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { ranksInStudy } from '../studies/leaderboard.ts';
import { latestAttempt } from '../studies/measurements.ts';
import { rankingMetric } from '../studies/ranking-metric.ts';

const rowsSchema = z.array(
  z.object({
    sampled: z.boolean(),
    number: z.int(),
    value: z.number().nullable(),
    prunedAt: z.int().nullable(),
    steps: z.array(z.int()),
    values: z.array(z.number().nullable()),
  }),
);

/**
 * Reads the learning curves of some trials in one statement, whose cost depends on the limits alone: the best ones are the first of the
 * index `trial_leaderboard`, the others are probes of `trial (study_id, number)`, and each point is a probe of the key of `measurement`.
 */
export async function readLearningCurves(connection: Connection, studyId: string, limits: CurveLimits): Promise<LearningCurves> {
  const rows = rowsSchema.parse(await connection.$queryRaw(learningCurvesQuery(studyId, limits)));
  const curves = rows.map(({ sampled: _, steps, values, prunedAt, ...row }) => ({
    ...row,
    ...(prunedAt !== null && { prunedAt }),
    points: steps.map((step, index) => ({ step, value: values[index] ?? null })),
  }));
  return { sampled: rows[0]?.sampled ?? false, curves };
}

/** The statement of `readLearningCurves`. */
export function learningCurvesQuery(studyId: string, { best, others, points }: CurveLimits): Prisma.Sql {
  return Prisma.sql`
    WITH whole AS MATERIALIZED (
      SELECT study.id, ${rankingMetric} ->> 'name' AS metric, 1 + LEAST(
        COALESCE((study.outcome ->> 'lastTrial')::int, ${mostTrials}::int),
        (SELECT number FROM trial WHERE trial.study_id = study.id ORDER BY number DESC LIMIT 1)
      )::bigint AS total
      FROM study WHERE study.id = ${studyId}::uuid
    ), drawn AS MATERIALIZED (
      SELECT leader.number FROM study CROSS JOIN LATERAL (
        SELECT trial.number FROM trial WHERE ${ranksInStudy}
        ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number LIMIT ${best}::int
      ) AS leader
      WHERE study.id = ${studyId}::uuid
      UNION
      ${sampleOfNumbers(best + others, others)}
    )
    SELECT whole.total > ${best + others}::int AS sampled, chosen.number, chosen.value, chosen."prunedAt", curve.steps, curve.values
    FROM whole CROSS JOIN drawn
      CROSS JOIN LATERAL (
        SELECT trial.id, trial.number, trial.value, CASE WHEN trial.state = 'pruned' THEN trial.steps_done END AS "prunedAt",
          ${latestAttempt} AS attempt
        FROM trial
        WHERE trial.study_id = whole.id AND trial.number = drawn.number AND trial.state IN ('completed', 'pruned') LIMIT 1
      ) AS chosen
      CROSS JOIN LATERAL (${thinnedCurve(points)}) AS curve
    WHERE curve.steps IS NOT NULL
    ORDER BY chosen.number`;
}

/** A number whose multiples have fractions that are spread evenly: the golden ratio. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * All numbers of the row `whole` if there are at most `all` of them; else one of each of `others` ranges of equal length, always the same. It is
 * not at the same place of each range: a search may have trials of one kind at equal distances, as brackets of rungs are.
 */
function sampleOfNumbers(all: number, others: number): Prisma.Sql {
  const within = Prisma.sql`(place * ${golden}::double precision - floor(place * ${golden}::double precision))`;
  return Prisma.sql`
    SELECT floor((place + ${within}) * (whole.total::double precision / places.count))::int
    FROM whole
      CROSS JOIN LATERAL (SELECT CASE WHEN whole.total <= ${all}::int THEN whole.total ELSE ${others}::bigint END AS count) AS places
      CROSS JOIN LATERAL generate_series(0, places.count - 1) AS place`;
}

/**
 * The metric of the row `whole` along the measurements of the row `chosen`: all of them if there are at most `points`, else the first one at
 * or after each of so many places from the first step to the last. Half of the places are at even distances, half at even ratios, because a
 * curve changes most in its first steps. Both ends are among them.
 */
function thinnedCurve(points: number): Prisma.Sql {
  const measured = Prisma.sql`measurement WHERE measurement.trial_id = chosen.id AND measurement.attempt = chosen.attempt`;
  const point = Prisma.sql`measurement.step, (measurement.values ->> whole.metric)::double precision AS value`;
  const share = Prisma.sql`((place / 2)::double precision / ${Math.floor(points / 2) - 1}::int)`;
  // OFFSET 0: else the planner would repeat the subquery wherever a column of it is used.
  return Prisma.sql`
    SELECT array_agg(point.step ORDER BY point.step) AS steps, array_agg(point.value ORDER BY point.step) AS values
    FROM (SELECT count(*) > ${points}::int AS many FROM (SELECT FROM ${measured} LIMIT ${points + 1}::int) AS first) AS length
      CROSS JOIN LATERAL (
        SELECT ${point} FROM ${measured} AND NOT length.many
        UNION
        SELECT found.step, found.value
        FROM (SELECT (SELECT min(step) FROM ${measured}) AS first, (SELECT max(step) FROM ${measured}) AS last OFFSET 0) AS ends
          CROSS JOIN LATERAL (
            SELECT CASE
              WHEN place % 2 = 0 THEN ceil(ends.first + ${share} * (ends.last - ends.first))
              ELSE ceil(ends.first * power(ends.last::double precision / ends.first, ${share}))
            END::int AS step
            FROM generate_series(0, ${points - 1}::int) AS place OFFSET 0
          ) AS places
          CROSS JOIN LATERAL (SELECT ${point} FROM ${measured} AND measurement.step >= places.step ORDER BY measurement.step LIMIT 1) AS found
        WHERE length.many
      ) AS point`;
}
