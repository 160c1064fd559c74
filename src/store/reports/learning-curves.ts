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
 * Reads the learning curves of some trials in one statement, whose cost depends on the limits alone: the ended trials are counted up to the
 * limit in `trial (study_id, state, number)`, the best ones are the first of the index `trial_leaderboard`, the others are probes of
 * `trial (study_id, number)`, and each point is a probe of the key of `measurement`.
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
  const all = best + others;
  return Prisma.sql`
    WITH ended AS MATERIALIZED (
      ${endedTrials(studyId, Prisma.sql`number LIMIT ${all + 1}::int`)} LIMIT ${all + 1}::int
    ), whole AS MATERIALIZED (
      SELECT study.id, ${rankingMetric} ->> 'name' AS metric, (SELECT count(*) FROM ended) > ${all}::int AS sampled,
        1 + (SELECT max(number) FROM (${endedTrials(studyId, Prisma.sql`number DESC LIMIT 1`)}) AS last)::bigint AS numbers
      FROM study WHERE study.id = ${studyId}::uuid
    ), drawn AS MATERIALIZED (
      SELECT ended.number FROM ended CROSS JOIN whole WHERE NOT whole.sampled
      UNION
      SELECT leader.number FROM whole JOIN study ON study.id = whole.id CROSS JOIN LATERAL (
        SELECT trial.number FROM trial WHERE ${ranksInStudy}
        ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number LIMIT ${best}::int
      ) AS leader
      WHERE whole.sampled
      UNION
      ${sampleOfNumbers(others)} WHERE whole.sampled
    )
    SELECT whole.sampled, chosen.number, chosen.value, chosen."prunedAt", curve.steps, curve.values
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

/**
 * The numbers of charged trials that completed, and of those that were stopped, each in an order and limited. Each state is read by itself, because
 * the index orders the numbers within a state.
 */
function endedTrials(studyId: string, orderAndLimit: Prisma.Sql): Prisma.Sql {
  const inState = (state: Prisma.Sql): Prisma.Sql => Prisma.sql`(
    SELECT trial.number FROM study CROSS JOIN LATERAL (
      SELECT number FROM trial
      WHERE trial.study_id = study.id AND trial.state = ${state}
        AND trial.number <= COALESCE((study.outcome ->> 'lastTrial')::int, ${mostTrials}::int)
      ORDER BY ${orderAndLimit}
    ) AS trial
    WHERE study.id = ${studyId}::uuid)`;
  return Prisma.sql`${inState(Prisma.sql`'completed'`)} UNION ALL ${inState(Prisma.sql`'pruned'`)}`;
}

/** A number whose multiples have fractions that are spread evenly: the golden ratio. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * One number of each of some ranges of equal length up to the last ended trial of the row `whole`, always the same. It is not at the same place of
 * each range: a search may have trials of one kind at equal distances, as brackets of rungs are.
 */
function sampleOfNumbers(count: number): Prisma.Sql {
  const within = Prisma.sql`(place * ${golden}::double precision - floor(place * ${golden}::double precision))`;
  return Prisma.sql`
    SELECT floor((place + ${within}) * (whole.numbers::double precision / ${count}::int))::int
    FROM whole CROSS JOIN generate_series(0, ${count - 1}::int) AS place`;
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
