import { z } from 'zod';
import { type Database, retried } from '../database/database.ts';

/** Minutes between two measurements of a project; one for a project above its quota, which may have deleted something. */
const everyMinutes = 5;

const dueSchema = z.array(z.object({ name: z.string() }));

/**
 * Measures the bytes of the projects that have a quota of them and were not measured for some minutes: rows as PostgreSQL stores them,
 * without indexes, and the files of checkpoints. Of several processes one measures a project.
 */
export async function measureProjects(database: Database): Promise<void> {
  const rows = await retried(
    () => database.$queryRaw`
      UPDATE project SET measured_at = clock_timestamp()
      WHERE name IN (
        SELECT name FROM project
        WHERE stored_bytes IS NOT NULL AND (measured_at IS NULL OR measured_at < clock_timestamp() - make_interval(
          mins => CASE WHEN bytes_used >= stored_bytes THEN 1 ELSE ${everyMinutes}::int END
        ))
        FOR NO KEY UPDATE SKIP LOCKED
      )
      RETURNING name`,
  );
  for (const { name } of dueSchema.parse(rows)) await measure(database, name);
}

async function measure(database: Database, project: string): Promise<void> {
  await database.$executeRaw`
    WITH own AS MATERIALIZED (SELECT id FROM study WHERE project = ${project}),
    trials AS MATERIALIZED (
      SELECT trial.id, trial.result_key, pg_column_size(trial.*) AS bytes FROM own JOIN trial ON trial.study_id = own.id
    ),
    keys AS MATERIALIZED (SELECT DISTINCT result_key FROM trials WHERE result_key IS NOT NULL)
    UPDATE project SET bytes_used = (
      SELECT COALESCE(sum(bytes), 0)::bigint FROM (
        SELECT sum(bytes) AS bytes FROM trials
        UNION ALL SELECT sum(pg_column_size(study.*)) FROM own JOIN study USING (id)
        UNION ALL SELECT sum(pg_column_size(study_event.*)) FROM own JOIN study_event ON study_event.study_id = own.id
        UNION ALL SELECT sum(pg_column_size(study_checkpoint.*)) FROM own JOIN study_checkpoint ON study_checkpoint.study_id = own.id
        UNION ALL SELECT sum(pg_column_size(measurement.*)) FROM trials JOIN measurement ON measurement.trial_id = trials.id
        UNION ALL SELECT sum(pg_column_size(step_result.*)) FROM keys JOIN step_result USING (result_key)
        UNION ALL SELECT sum(step_checkpoint.bytes) FROM keys JOIN step_checkpoint USING (result_key)
      ) AS part
    )
    WHERE name = ${project}`;
}
