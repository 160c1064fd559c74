import { newId } from '../../shared/ids.ts';
import type { FinishedTrial, StudyTransaction } from '../../studies/ports/transactions.ts';
import type { Connection } from '../database/database.ts';

/** What only imports change, inside a transaction. */
export function importTransaction(tx: Connection): Pick<StudyTransaction, 'insertFinishedTrials'> {
  return { insertFinishedTrials: (studyId, trials) => insertFinishedTrials(tx, studyId, trials) };
}

/** Two statements for any number of rows, which come as one JSON text: no limit of parameters, and no plan for each size. */
async function insertFinishedTrials(tx: Connection, studyId: string, trials: readonly FinishedTrial[]): Promise<void> {
  const rows = trials.map(rowOf);
  await tx.$executeRaw`
    INSERT INTO trial (id, study_id, number, generation, state, parameters, origin, seen, value, score, metrics, diverged, source, error,
      training_key, epochs_wanted, finished_at)
    SELECT id, ${studyId}::uuid, number, generation, state, parameters, origin, seen, value, score, metrics, diverged, source, error,
      training_key, epochs_wanted, clock_timestamp()
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS trial (id uuid, number int, generation int, state text, parameters jsonb,
      origin jsonb, seen jsonb, value double precision, score double precision, metrics jsonb, diverged boolean, source text, error jsonb,
      training_key text, epochs_wanted int)`;
  const measured = rows.filter(({ evaluation }) => evaluation !== null).map(({ id, evaluation }) => ({ id, evaluation }));
  if (measured.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO trial_evaluation (trial_id, evaluation)
    SELECT id, evaluation FROM jsonb_to_recordset(${JSON.stringify(measured)}::jsonb) AS measured (id uuid, evaluation jsonb)`;
}

function rowOf({ trainingKey, epochsWanted, ...trial }: FinishedTrial) {
  const source = trial.state === 'cancelled' ? 'trained' : 'imported';
  return { id: newId(), ...trial, source, training_key: trainingKey, epochs_wanted: epochsWanted };
}
