import { z } from 'zod';
import type { ProjectUsage } from '../../access/quota.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/**
 * SQL: the number of trials that a project created since midnight UTC. Of studies of today it is in their rows; of older ones, which were
 * moved today, the last trial of the days before is looked for, from the end.
 *
 * @param project an expression for its name
 */
export function trialsToday(project: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT COALESCE(sum(study.suggested - study.skipped + study.known + study.enqueued - COALESCE(earlier.number + 1, 0)), 0)::double precision
    FROM (SELECT date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS start) AS day
    JOIN study ON study.project = ${project} AND study.updated_at >= day.start
    LEFT JOIN LATERAL (
      SELECT number FROM trial WHERE trial.study_id = study.id AND trial.queued_at < day.start ORDER BY number DESC LIMIT 1
    ) AS earlier ON study.created_at < day.start
  )`;
}

/** SQL: the number of active and paused studies of a project. @param project an expression for its name */
export function openStudies(project: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT count(*)::double precision FROM study WHERE study.project = ${project} AND study.state IN ('active', 'paused')
  )`;
}

const usageSchema = z.object({
  open_studies: z.number(),
  trials_today: z.number(),
  bytes_used: z.number().nullable(),
  measured_at: z.date().nullable(),
  slots: z.number(),
});

/** Reads what a project uses. */
export async function readUsage(read: ReadRows, project: string): Promise<ProjectUsage> {
  const name = Prisma.sql`project.name`;
  const rows = await read(Prisma.sql`
    SELECT ${openStudies(name)} AS open_studies, ${trialsToday(name)} AS trials_today, bytes_used::double precision, measured_at,
      (SELECT count(*)::double precision FROM trial WHERE trial.project = project.name AND state = 'running' AND lease_runner IS NOT NULL) AS slots
    FROM project WHERE name = ${project}`);
  const [row] = z.array(usageSchema).parse(rows);
  if (!row) return { openStudies: 0, trialsToday: 0, storedBytes: null, measuredAt: null, slots: 0 };
  return {
    openStudies: row.open_studies,
    trialsToday: row.trials_today,
    storedBytes: row.bytes_used,
    measuredAt: row.measured_at,
    slots: row.slots,
  };
}
