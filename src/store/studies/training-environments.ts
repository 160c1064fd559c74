import { z } from 'zod';
import { canonicalText } from '../../shared/digest.ts';
import { environmentSchema } from '../../studies/model/trial.ts';
import type { StudyReader } from '../../studies/ports/reader.ts';
import type { Connection } from '../database/database.ts';

const rowsSchema = z.array(z.object({ environment: environmentSchema, trials: z.int() }));

/**
 * Environments in which the trainings of a study's completed trials that count first ran, each with the number of those trials;
 * ordered by canonical text.
 */
export async function readEnvironments(connection: Connection, studyId: string): ReturnType<StudyReader['environments']> {
  const rows = await connection.$queryRaw`
    SELECT training.environment, count(*)::int AS trials
    FROM trial
      JOIN study ON study.id = trial.study_id
      JOIN training_environment AS training ON training.result_key = trial.result_key
    WHERE trial.study_id = ${studyId}::uuid AND trial.state = 'completed'
      AND trial.number <= COALESCE((study.outcome ->> 'lastTrial')::int, trial.number)
    GROUP BY training.environment`;
  return rowsSchema
    .parse(rows)
    .map((row) => ({ row, text: canonicalText(row.environment) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ row }) => row);
}
