import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { jsonSchema } from '../../shared/digest.ts';
import type { StoredResult } from '../../studies/events/stored-result.ts';
import { trialStateSchema } from '../../studies/model/states.ts';
import { incidentSchema, measurementSchema, reuseKinds, trialSources } from '../../studies/model/trial.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { judgementOf, judgementRows } from '../pruning/judgement-rows.ts';
import { latestAttempt } from './measurements.ts';

const rowsSchema = z.array(
  z.object({
    number: z.int(),
    state: trialStateSchema,
    value: z.number().nullable(),
    values: valuesSchema.nullable(),
    diverged: z.boolean(),
    error: z.string().nullable(),
    source: z.enum(trialSources),
    reuse: z.enum(reuseKinds).nullable(),
    measurements: z.array(measurementSchema),
    evaluation: jsonSchema,
    incidents: z.array(incidentSchema.omit({ detail: true })),
    judgements: judgementRows.nullable(),
  }),
);

/**
 * Results of the trials of a study from a number on (excluding `end`; null: all), in order, with everything that enters the event
 * log. One range of `trial (study_id, number)`, with a probe of each table beside it. An error is left out if a later attempt
 * succeeded.
 */
export async function readStoredResults(
  connection: Connection,
  studyId: string,
  from: number,
  end: number | null,
): Promise<StoredResult[]> {
  return resultsFromRows(await connection.$queryRaw(storedResultsQuery(studyId, from, end)));
}

/** The statement of `readStoredResults`. */
export function storedResultsQuery(studyId: string, from: number, end: number | null): Prisma.Sql {
  return Prisma.sql`
    SELECT ${storedResultColumns(null)}
    FROM trial
    WHERE trial.study_id = ${studyId}::uuid AND trial.number >= ${from}::int AND (${end}::int IS NULL OR trial.number < ${end}::int)
    ORDER BY trial.number`;
}

/**
 * The columns that `resultsFromRows` reads, of a row of `trial`.
 *
 * @param most reads the first measurements only, up to this number; null: all
 */
export function storedResultColumns(most: number | null): Prisma.Sql {
  return Prisma.sql`
    trial.number, trial.state, trial.value, trial.values, trial.diverged, trial.source, trial.reuse,
    CASE WHEN trial.state = 'failed' THEN trial.error ->> 'code' END AS error,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('step', measured.step, 'values', measured.values) ORDER BY measured.step)
      FROM (
        SELECT measurement.step, measurement.values FROM measurement
        WHERE measurement.trial_id = trial.id AND measurement.attempt = ${latestAttempt}
        ORDER BY measurement.step LIMIT ${Prisma.raw(String(most))}
      ) AS measured
    ), '[]') AS measurements,
    (SELECT evaluated.evaluation FROM trial_evaluation AS evaluated WHERE evaluated.trial_id = trial.id) AS evaluation,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('kind', incident.kind, 'step', incident.step) ORDER BY incident.kind, incident.step)
      FROM trial_incident AS incident WHERE incident.trial_id = trial.id
    ), '[]') AS incidents,
    (
      SELECT jsonb_agg(jsonb_build_object('step', judgement.step, 'score', judgement.score, 'others', judgement.others, 'least', judgement.least,
        'place', judgement.place) ORDER BY judgement.step)
      FROM judgement WHERE judgement.trial_id = trial.id
    ) AS judgements`;
}

/** Reads the rows of `storedResultsQuery`. */
export function resultsFromRows(rows: unknown): StoredResult[] {
  return rowsSchema
    .parse(rows)
    .map(({ judgements, ...result }) => ({ ...result, ...(judgements && { judgements: judgements.map(judgementOf) }) }));
}
