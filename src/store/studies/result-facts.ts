import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { digestOf } from '../../shared/digest.ts';
import type { ResultFacts } from '../../studies/events/event.ts';
import { trialStateSchema } from '../../studies/model/states.ts';
import { trialSources } from '../../studies/model/trial.ts';
import type { Connection } from '../database/database.ts';
import { latestAttempt } from './measurements.ts';

const rowsSchema = z.array(
  z.object({
    number: z.int(),
    state: trialStateSchema,
    value: z.number().nullable(),
    metrics: valuesSchema.nullable(),
    diverged: z.boolean(),
    code: z.string().nullable(),
    source: z.enum(trialSources),
    reports: z.array(z.object({ epoch: z.int(), metrics: valuesSchema })).nullable(),
    evaluation: z.unknown(),
    incidents: z.array(z.object({ kind: z.string(), epoch: z.int() })).nullable(),
  }),
);

/**
 * What the trials of a study from a number on (up to, not with, `end`; null: all) came to, in order, as it enters the
 * event log. One range of `trial (study_id, number)`, with a probe of each table beside it. Of an error that a later attempt
 * made good nothing is said.
 */
export async function readResultFacts(connection: Connection, studyId: string, from: number, end: number | null): Promise<ResultFacts[]> {
  const rows = await connection.$queryRaw`
    SELECT trial.number, trial.state, trial.value, trial.values AS metrics, trial.diverged, trial.source,
      CASE WHEN trial.state = 'failed' THEN trial.error ->> 'code' END AS code,
      (SELECT jsonb_agg(jsonb_build_object('epoch', report.step, 'metrics', report.values) ORDER BY report.step)
       FROM measurement AS report WHERE report.trial_id = trial.id AND report.attempt = ${latestAttempt}) AS reports,
      (SELECT measured.evaluation FROM trial_evaluation AS measured WHERE measured.trial_id = trial.id) AS evaluation,
      (SELECT jsonb_agg(jsonb_build_object('kind', incident.kind, 'epoch', incident.step) ORDER BY incident.kind, incident.step)
       FROM trial_incident AS incident WHERE incident.trial_id = trial.id) AS incidents
    FROM trial
    WHERE trial.study_id = ${studyId}::uuid AND trial.number >= ${from}::int AND (${end}::int IS NULL OR trial.number < ${end}::int)
    ORDER BY trial.number`;
  return rowsSchema.parse(rows).map(({ code, reports, evaluation, incidents, ...result }) => ({
    ...result,
    error: code,
    epochs: reports?.length ?? 0,
    reports: reports && digestOf(reports),
    evaluation: evaluation === null ? null : digestOf(evaluation),
    incidents: incidents ?? [],
  }));
}
