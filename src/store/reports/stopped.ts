import { z } from 'zod';
import { parameterValueSchema } from '../../space/schema.ts';
import type { StoppedLimits, StoppedTrials } from '../../studies/ports/report-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { judgementColumns, judgementOf, judgementRows } from '../pruning/judgement-rows.ts';
import { rankingMetric } from '../studies/ranking-metric.ts';

const stepsSchema = z.array(z.object({ step: z.int(), trials: z.int() }));
const furthestSchema = z.array(
  judgementRows.element.extend({
    number: z.int(),
    value: z.number().nullable(),
    parameters: z.record(z.string(), parameterValueSchema),
  }),
);

/** Reads which trials of a study were stopped early, in two scans of its range of `trial (study_id, state, number)`. */
export async function readStoppedTrials(connection: Connection, studyId: string, limits: StoppedLimits): Promise<StoppedTrials> {
  const steps = stepsSchema.parse(await connection.$queryRaw(stepsQuery(studyId, limits.steps)));
  const furthest = furthestSchema.parse(await connection.$queryRaw(furthestQuery(studyId, limits.trials)));
  return {
    steps,
    furthest: furthest.map(({ number, value, parameters, ...judgement }) => ({
      number,
      value,
      parameters,
      judgement: judgementOf(judgement),
    })),
  };
}

/** The stopped trials of the row `study` that count. */
const stoppedTrials = Prisma.sql`
  trial.study_id = study.id AND trial.state = 'pruned'
    AND (study.outcome ->> 'lastTrial' IS NULL OR trial.number <= (study.outcome ->> 'lastTrial')::int)`;

function stepsQuery(studyId: string, atMost: number): Prisma.Sql {
  return Prisma.sql`
    SELECT step, trials FROM (
      SELECT trial.steps_done AS step, count(*)::int AS trials
      FROM study JOIN trial ON ${stoppedTrials}
      WHERE study.id = ${studyId}::uuid
      GROUP BY trial.steps_done ORDER BY count(*) DESC, trial.steps_done LIMIT ${atMost}::int
    ) AS most
    ORDER BY step`;
}

function furthestQuery(studyId: string, atMost: number): Prisma.Sql {
  return Prisma.sql`
    SELECT furthest.number, furthest.value, furthest.parameters, ${judgementColumns}
    FROM (
      SELECT trial.id, trial.number, trial.value, trial.parameters, trial.steps_done,
        CASE WHEN ${rankingMetric} ->> 'direction' = 'minimize' THEN -trial.value ELSE trial.value END AS score
      FROM study JOIN trial ON ${stoppedTrials}
      WHERE study.id = ${studyId}::uuid
      ORDER BY trial.steps_done DESC, score DESC NULLS LAST, trial.number LIMIT ${atMost}::int
    ) AS furthest
      JOIN judgement ON judgement.trial_id = furthest.id AND judgement.step = furthest.steps_done
    ORDER BY furthest.steps_done DESC, furthest.score DESC NULLS LAST, furthest.number`;
}
