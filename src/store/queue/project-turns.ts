import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** Claims of the lightest waiting project that one which had nothing to claim can catch up: as many as may be under way at once. */
const caughtUpAtMost = 16;

/**
 * Columns of each lane of a claim that has a trial: `start`, its project's place in the turns (the least is next), and `has_rivals`, true if
 * trials of several projects wait.
 *
 * Stride scheduling: a claim costs its project 1 / weight, so that of two projects one with three times the weight is next three times
 * as often. A project that had nothing to claim did not pay meanwhile; its place is raised to just behind that of the last claim. Claims
 * that are made together do not see each other's costs, and what one project pays too early the others catch up.
 */
export const turnColumns = Prisma.sql`
  GREATEST(
    lane.pass,
    max(lane.pass - 1.0 / lane.weight) OVER () - ${caughtUpAtMost}::double precision / min(lane.weight) OVER ()
  ) AS start,
  min(lane.project) OVER () <> max(lane.project) OVER () AS has_rivals`;

/** Joins the row of its project to a `lane`; a project without a row has the weight 1 and no quota. */
export const laneWithProject = Prisma.sql`
  SELECT lane.*, COALESCE(project.weight, 1) AS weight, COALESCE(project.pass, 0) AS pass, project.slots, place.number AS project_slot
  FROM lane LEFT JOIN project ON project.name = lane.project
  LEFT JOIN LATERAL (
    SELECT free.number FROM generate_series(1, project.slots) AS free (number)
    WHERE NOT EXISTS (
      SELECT 1 FROM trial WHERE trial.project = project.name AND trial.project_slot = free.number AND trial.state = 'running'
    )
    ORDER BY random() LIMIT 1
  ) AS place ON true
  WHERE project.name IS NULL OR (
    project.erasing_since IS NULL
    AND (project.stored_bytes IS NULL OR project.bytes_used IS NULL OR project.bytes_used < project.stored_bytes)
    AND (project.slots IS NULL OR place.number IS NOT NULL AND project.slots > (
      SELECT count(*) FROM trial WHERE trial.project = project.name AND trial.state = 'running' AND trial.lease_runner IS NOT NULL
    ))
  )`;

/** The turn by which a trial was claimed. */
export interface Turn {
  readonly project: string;
  readonly start: number;
}

/**
 * Charges a claim to its project, where others wait too. A statement of its own, which does not wait for the disk: all claims of a
 * project write this row, and would otherwise wait for each other's commits. If it is lost, the project has one claim for nothing.
 */
export async function chargeTurn(connection: Connection, { project, start }: Turn): Promise<void> {
  await connection.$queryRaw`
    UPDATE project SET pass = GREATEST(pass, ${start}::double precision) + 1.0 / weight
    WHERE name = ${project}
    RETURNING set_config('synchronous_commit', 'off', true)`;
}
