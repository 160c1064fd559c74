import { newId } from '../../shared/ids.ts';
import type { FinishedTrial, StudyTransaction } from '../../studies/ports/transactions.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { countedAmong } from './counters.ts';
import { exclusionKeyOf } from './exclusion.ts';

/** Changes that only imports make, inside a transaction. */
export function importTransaction(tx: Connection): Pick<StudyTransaction, 'insertFinishedTrials'> {
  return { insertFinishedTrials: (studyId, trials) => insertFinishedTrials(tx, studyId, trials) };
}

/** Two statements for any number of rows, which come as one JSON text: no limit of parameters, and no plan for each size. */
async function insertFinishedTrials(tx: Connection, studyId: string, trials: readonly FinishedTrial[]): Promise<void> {
  const rows = trials.map(rowOf);
  await tx.$executeRaw`
    WITH inserted AS (
      INSERT INTO trial (id, study_id, project, number, index, given, generation, state, parameters, origin, seen, value, score, violation, metric_values, values, diverged, source, error,
        steps_done, objective_name, objective_version, payload, exclusion_key, steps_wanted, evaluate, checkpoint, attributes, links, finished_at)
      SELECT id, ${studyId}::uuid, own.project, number, index, given, generation, state, parameters, origin, seen, value, score, violation, "metricValues", values, diverged, source, error,
        steps_done, objective_name, objective_version, payload, ${exclusionKeyOf(Prisma.sql`own.project`)}, steps_wanted, evaluate, checkpoint, attributes, links, clock_timestamp()
      FROM (SELECT project FROM study WHERE id = ${studyId}::uuid) AS own
      CROSS JOIN jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS trial (id uuid, number int, index int, given text, generation int, state text, parameters jsonb,
        origin jsonb, seen jsonb, value double precision, score double precision, violation double precision, "metricValues" jsonb, values jsonb, diverged boolean, source text, error jsonb, steps_done int,
        objective_name text, objective_version int, payload jsonb, exclusion_key text, steps_wanted int, evaluate boolean,
        checkpoint text, attributes jsonb, links jsonb)
      RETURNING number, state, steps_done, steps_trained, steps_wanted, result_key, objective_name
    )
    UPDATE study SET ${countedAmong(Prisma.sql`inserted`)} WHERE id = ${studyId}::uuid`;
  const judged = trials.flatMap(({ number, judgements = [] }, index) => judgements.map((one) => ({ ...one, id: rows[index]?.id, number })));
  if (judged.length > 0)
    await tx.$executeRaw`
      INSERT INTO judgement (trial_id, study_id, number, step, score, others, least, place)
      SELECT id, ${studyId}::uuid, number, step, score, others, least, place
      FROM jsonb_to_recordset(${JSON.stringify(judged)}::jsonb) AS judged (id uuid, number int, step int, score double precision, others int,
        least double precision, place int)`;
  const measured = rows.filter(({ evaluation }) => evaluation !== null).map(({ id, evaluation }) => ({ id, evaluation }));
  if (measured.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO trial_evaluation (trial_id, evaluation)
    SELECT id, evaluation FROM jsonb_to_recordset(${JSON.stringify(measured)}::jsonb) AS measured (id uuid, evaluation jsonb)`;
}

function rowOf({ job, objective, notes, judgements, id = newId(), ...trial }: FinishedTrial) {
  return {
    id,
    ...trial,
    ...notes,
    objective_name: objective.name,
    objective_version: objective.version,
    payload: job.payload,
    exclusion_key: job.exclusionKey,
    steps_wanted: job.steps,
    evaluate: job.evaluate,
    steps_done: trial.state === 'pruned' ? (judgements?.at(-1)?.step ?? 0) : 0,
  };
}
