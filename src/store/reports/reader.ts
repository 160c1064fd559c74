import { z } from 'zod';
import { earlierValuesSchema } from '../../space/earlier-values.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import type { ReportReads } from '../../studies/ports/report-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { reusedSteps, savedSteps, sumOf } from '../studies/counters.ts';
import { rankingMetric } from '../studies/ranking-metric.ts';
import { rankedRowSchema, withoutAbsent } from '../studies/raw-rows.ts';
import { readLearningCurves } from './learning-curves.ts';
import { readMemberTrials } from './members.ts';
import { readRungTotals } from './rungs.ts';
import { readStoppedTrials } from './stopped.ts';

/**
 * Computes the sums of a study's report in PostgreSQL. Each is one scan of the study's trials (`trial_study_id_number_key`) or
 * checkpoints, but for the learning curves.
 */
export function reportReads(connection: Connection): ReportReads {
  return {
    trialTotals: async (studyId) => totals(await connection.$queryRaw(totalsQuery(studyId))),
    improvements: async (studyId) => improvementsSchema.parse(await connection.$queryRaw(improvementsQuery(studyId))),
    bestConfigurations: async (studyId, atMost) => leadersSchema.parse(await connection.$queryRaw(bestQuery(studyId, atMost))),
    trialPoints: async (studyId, atMost) => pointsSchema.parse(await connection.$queryRaw(pointsQuery(studyId, atMost))),
    generationValues: async (studyId, atMost) => generationsSchema.parse(await connection.$queryRaw(generationsQuery(studyId, atMost))),
    learningCurves: (studyId, limits) => readLearningCurves(connection, studyId, limits),
    stoppedTrials: (studyId, limits) => readStoppedTrials(connection, studyId, limits),
    rungTotals: (studyId) => readRungTotals(connection, studyId),
    memberTrials: (studyId, atMost) => readMemberTrials(connection, studyId, atMost),
  };
}

const totalsSchema = z.array(
  z.object({
    charged: z.int(),
    completed: z.int(),
    failed: z.int(),
    pruned: z.int(),
    trained: z.int(),
    equal: z.int(),
    longer: z.int(),
    imported: z.int(),
    trainings: z.int(),
    stepsDone: z.number(),
    stepsTrained: z.number(),
    stepsReused: z.number(),
    stepsSaved: z.number(),
    heldSeconds: z.number(),
    interrupted: z.int(),
    firstStartedAt: z.date().nullable(),
    lastFinishedAt: z.date().nullable(),
  }),
);
const improvementsSchema = z.array(z.object({ charged: z.int(), stepsDone: z.number(), trial: z.int(), value: z.number() }));
const pointSchema = rankedRowSchema.extend({ parameters: z.record(z.string(), parameterValueSchema) });
const pointsSchema = z.array(pointSchema.transform(withoutAbsent));
const leadersSchema = z.array(
  pointSchema.extend({ earlierValues: earlierValuesSchema }).transform(({ earlierValues, ...row }) => ({
    ...withoutAbsent(row),
    ...(earlierValues.length > 0 && { earlierValues }),
  })),
);
const generationsSchema = z.array(
  z.object({ generation: z.int(), trials: z.int(), mean: z.number().nullable(), best: z.number().nullable() }),
);

function totals(rows: unknown) {
  const [row] = totalsSchema.parse(rows);
  if (!row) throw new Error('sums over rows are one row');
  const { trained, equal, longer, imported, ...rest } = row;
  return { ...rest, sources: { trained, reused: { equal, longer }, imported } };
}

/** The trials of a study, with whether each is charged: it ended, was not cancelled, and no verdict made it needless. */
function trialsOf(studyId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT trial.*, trial.state IN ('completed', 'pruned', 'failed')
      AND trial.number <= COALESCE((study.outcome ->> 'lastTrial')::int, trial.number) AS charged
    FROM trial JOIN study ON study.id = trial.study_id
    WHERE trial.study_id = ${studyId}::uuid`;
}

const isCharged = Prisma.sql`charged`;

function totalsQuery(studyId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT count(*) FILTER (WHERE charged)::int AS charged,
      count(*) FILTER (WHERE charged AND state = 'completed')::int AS completed,
      count(*) FILTER (WHERE charged AND state = 'failed')::int AS failed,
      count(*) FILTER (WHERE charged AND state = 'pruned')::int AS pruned,
      count(*) FILTER (WHERE charged AND state = 'completed' AND source = 'trained')::int AS trained,
      count(*) FILTER (WHERE charged AND state = 'completed' AND reuse = 'equal')::int AS equal,
      count(*) FILTER (WHERE charged AND state = 'completed' AND reuse = 'longer')::int AS longer,
      count(*) FILTER (WHERE charged AND state = 'completed' AND source = 'imported')::int AS imported,
      count(*) FILTER (WHERE steps_trained > 0)::int AS trainings,
      COALESCE(sum(steps_done) FILTER (WHERE charged), 0)::float8 AS "stepsDone",
      COALESCE(sum(steps_trained), 0)::float8 AS "stepsTrained",
      COALESCE(${sumOf(reusedSteps, isCharged)}, 0)::float8 AS "stepsReused",
      COALESCE(${sumOf(savedSteps, isCharged)}, 0)::float8 AS "stepsSaved",
      COALESCE(sum(extract(epoch FROM finished_at - started_at)), 0)::float8 AS "heldSeconds",
      count(*) FILTER (WHERE attempts > 1)::int AS interrupted,
      min(started_at) AS "firstStartedAt",
      max(finished_at) FILTER (WHERE started_at IS NOT NULL) AS "lastFinishedAt"
    FROM (${trialsOf(studyId)}) AS trial`;
}

function improvementsQuery(studyId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT place::int AS charged, steps::float8 AS "stepsDone", number AS trial, value
    FROM (
      SELECT number, value, score, row_number() OVER (ORDER BY number) AS place, sum(steps_done) OVER (ORDER BY number) AS steps,
        max(score) OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best_before
      FROM (${trialsOf(studyId)}) AS trials
      WHERE charged
    ) AS placed
    WHERE score IS NOT NULL AND (best_before IS NULL OR score > best_before)
    ORDER BY number`;
}

/** A converged search repeats its best configuration, so the best trials alone would be one configuration. */
function bestQuery(studyId: string, atMost: number): Prisma.Sql {
  return Prisma.sql`
    SELECT number, value, violation, metric_values AS "metricValues", diverged, parameters, earlier AS "earlierValues"
    FROM (
      SELECT DISTINCT ON (parameters, earlier) number, value, violation, metric_values, diverged, score, parameters, earlier
      FROM (
        SELECT number, value, violation, metric_values, diverged, score, parameters, COALESCE(origin -> 'earlierValues', '[]') AS earlier
        FROM (${trialsOf(studyId)}) AS trials
        WHERE charged AND state = 'completed'
        ORDER BY score DESC NULLS LAST, violation, number
        LIMIT 2000
      ) AS best
      ORDER BY parameters, earlier, score DESC NULLS LAST, violation, number
    ) AS different
    ORDER BY score DESC NULLS LAST, violation, number
    LIMIT ${atMost}`;
}

/** Of n rows the i-th stays when i · m / n passes a whole number: m of them at even distances, always the same. */
function thinned(atMost: number): Prisma.Sql {
  return Prisma.sql`place * ${atMost}::bigint / total <> (place - 1) * ${atMost}::bigint / total`;
}

function pointsQuery(studyId: string, atMost: number): Prisma.Sql {
  return Prisma.sql`
    SELECT number, value, violation, metric_values AS "metricValues", diverged, parameters
    FROM (
      SELECT number, value, violation, metric_values, diverged, parameters, row_number() OVER (ORDER BY number) AS place, count(*) OVER () AS total
      FROM (${trialsOf(studyId)}) AS trials
      WHERE charged AND state = 'completed'
    ) AS placed
    WHERE ${thinned(atMost)}
    ORDER BY number`;
}

function generationsQuery(studyId: string, atMost: number): Prisma.Sql {
  return Prisma.sql`
    SELECT generation, trials, mean,
      CASE WHEN (SELECT ${rankingMetric} ->> 'direction' FROM study WHERE id = ${studyId}::uuid) = 'minimize' THEN least ELSE greatest END AS best
    FROM (
      SELECT generation, trials, population, sequence, row_number() OVER (ORDER BY sequence) AS place, count(*) OVER () AS total
      FROM study_checkpoint
      WHERE study_id = ${studyId}::uuid AND generation IS NOT NULL
    ) AS closed
    CROSS JOIN LATERAL (
      SELECT avg((member ->> 'value')::float8) AS mean, min((member ->> 'value')::float8) AS least, max((member ->> 'value')::float8) AS greatest
      FROM jsonb_array_elements(population) AS member
      JOIN study ON study.id = ${studyId}::uuid
      WHERE COALESCE(jsonb_array_length(study.spec -> 'metrics'), 1) = 1 AND NOT member ? 'prunedAt'
        AND (study.spec -> 'constraints' IS NULL OR NOT EXISTS (
          SELECT 1 FROM trial
          WHERE trial.study_id = study.id AND trial.number = (member ->> 'trial')::int AND trial.violation > 0))
    ) AS valued
    WHERE ${thinned(atMost)}
    ORDER BY sequence`;
}
