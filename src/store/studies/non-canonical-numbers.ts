import { z } from 'zod';
import type { NonCanonicalNumber } from '../../studies/ports/verification-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

const rowsSchema = z.array(z.object({ where: z.string(), stored: z.string(), written: z.string() }));

/** JSON columns of a study, each value with its place. Rows by their keys: ranges of primary keys and unique indexes. */
function documentsOf(studyId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT 'study/spec' AS place, spec AS document FROM study WHERE id = ${studyId}::uuid
    UNION ALL SELECT 'study/samplerState', sampler_state FROM study WHERE id = ${studyId}::uuid
    UNION ALL SELECT 'events/' || sequence || '/data', data FROM study_event WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'checkpoints/' || sequence || '/state', state FROM study_checkpoint WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'checkpoints/' || sequence || '/population', population FROM study_checkpoint WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'trials/' || number || '/parameters', parameters FROM trial WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'trials/' || number || '/origin', origin FROM trial WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'trials/' || number || '/values', values FROM trial WHERE study_id = ${studyId}::uuid
    UNION ALL SELECT 'trials/' || number || '/metricValues', metric_values FROM trial WHERE study_id = ${studyId}::uuid AND metric_values IS NOT NULL
    UNION ALL
      SELECT 'trials/' || trial.number || '/measurements', report.values
      FROM trial JOIN measurement AS report ON report.trial_id = trial.id WHERE trial.study_id = ${studyId}::uuid
    UNION ALL
      SELECT 'trials/' || trial.number || '/evaluation', measured.evaluation
      FROM trial JOIN trial_evaluation AS measured ON measured.trial_id = trial.id WHERE trial.study_id = ${studyId}::uuid`;
}

/**
 * Finds numbers in the JSON of a study whose stored digits are not the shortest ones of the double that is read: JSON columns keep
 * every digit, doubles do not. PostgreSQL and ECMAScript write a double with the same digits. Numbers beyond the range of a double
 * are found without conversion, which would fail. The path selects the numbers itself: every other value would be copied to be dropped.
 */
export async function nonCanonicalNumbers(connection: Connection, studyId: string, atMost: number): Promise<NonCanonicalNumber[]> {
  const rows = await connection.$queryRaw`
    WITH number AS MATERIALIZED (
      SELECT found.place, (scalar #>> '{}')::numeric AS stored
      FROM (${documentsOf(studyId)}) AS found, jsonb_path_query(found.document, 'strict $.** ? (@.type() == "number")') AS scalar
    ), judged AS (
      SELECT place, stored, CASE
          WHEN abs(stored) > 1.7976931348623157e308::numeric OR stored <> 0 AND abs(stored) < 5e-324::numeric THEN NULL
          ELSE (stored::text::float8)::text::numeric
        END AS written
      FROM number
    )
    SELECT place AS where, stored::text AS stored, COALESCE(written::text, 'no double') AS written
    FROM judged WHERE written IS DISTINCT FROM stored
    LIMIT ${atMost}::int`;
  return rowsSchema.parse(rows);
}
