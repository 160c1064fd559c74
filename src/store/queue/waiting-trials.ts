import type { Capability } from '../../objectives/contract.ts';
import { Prisma } from '../generated/client.ts';
import { type ClaimParts, ProjectTurns } from './project-turns.ts';

/**
 * The lanes of some capabilities: the ranges of the index `trial_queue` in which their trials wait, one for each project. Each
 * project is found by one probe after the one before, however many trials wait in it.
 */
function lanesOf(capabilities: readonly Capability[]): Prisma.Sql {
  const [names, versions] = [capabilities.map(({ name }) => name), capabilities.map(({ version }) => version)];
  return Prisma.sql`
    lane (name, version, project) AS (
      SELECT able.name, able.version, first.project
      FROM unnest(${names}::text[], ${versions}::int[]) AS able (name, version) CROSS JOIN LATERAL (
        SELECT project FROM trial
        WHERE state = 'queued' AND objective_name = able.name AND objective_version = able.version
        ORDER BY project LIMIT 1
      ) AS first
      UNION ALL
      SELECT lane.name, lane.version, further.project
      FROM lane CROSS JOIN LATERAL (
        SELECT project FROM trial
        WHERE state = 'queued' AND objective_name = lane.name AND objective_version = lane.version AND project > lane.project
        ORDER BY project LIMIT 1
      ) AS further
    )`;
}

/**
 * Condition: `trial`, which is queued in `lane`, may start now. The subqueries for others of its exclusion key read
 * `trial_exclusion_running` and `trial_exclusion_queued`; `OFFSET 0` keeps them one probe per trial (as joins the planner may read
 * and sort the whole queue first). Trials without a key wait for no other.
 */
const mayStart = Prisma.sql`
  trial.state = 'queued' AND study.state = 'active'
    AND trial.objective_name = lane.name AND trial.objective_version = lane.version AND trial.project = lane.project
    AND NOT EXISTS (
      SELECT 1 FROM trial AS other WHERE other.exclusion_key = trial.exclusion_key AND other.state = 'running' OFFSET 0
    )
    AND NOT EXISTS (
      SELECT 1 FROM trial AS other JOIN study AS its ON its.id = other.study_id
      WHERE other.exclusion_key = trial.exclusion_key AND other.state = 'queued' AND its.state = 'active'
        AND other.objective_name = trial.objective_name AND other.objective_version = trial.objective_version
        AND other.priority >= trial.priority
        AND (other.steps_wanted > trial.steps_wanted OR other.steps_wanted = trial.steps_wanted AND other.id < trial.id)
      OFFSET 0
    )`;

/**
 * The trial that a claim takes, locked, with its turn: of the project whose turn it is (see `ProjectTurns`) the one of highest priority,
 * of those an enqueued one before all suggestions, and the oldest of each kind (ids are UUIDv7), that some capabilities can evaluate. The
 * index `trial_queue` has this order. Projects that have used up a quota of slots or bytes, or are being erased, are left out.
 *
 * The lanes are ordered by their first trials without locks; then a trial of the first lane is locked, and of the next one only if
 * other claims hold all of the first. Locked rows are skipped, so that claims never wait for each other, and a claim locks only the
 * row that it takes.
 */
export function nextTrial(
  capabilities: readonly Capability[],
  { start, lanes }: ClaimParts = new ProjectTurns().parts(new Map()),
): Prisma.Sql {
  return Prisma.sql`
    WITH RECURSIVE ${lanesOf(capabilities)},
    ordered AS MATERIALIZED (
      SELECT lane.*, ${start} AS start FROM (${lanes}) AS lane CROSS JOIN LATERAL (
        SELECT trial.priority, trial.given, trial.id FROM trial JOIN study ON study.id = trial.study_id
        WHERE ${mayStart}
        ORDER BY trial.priority DESC, trial.given IS NULL, trial.id
        LIMIT 1
      ) AS head
      ORDER BY start, lane.project, head.priority DESC, head.given IS NULL, head.id
    )
    SELECT taken.id, lane.start, lane.project_slot FROM ordered AS lane CROSS JOIN LATERAL (
      SELECT trial.id FROM trial JOIN study ON study.id = trial.study_id
      WHERE ${mayStart}
      ORDER BY trial.priority DESC, trial.given IS NULL, trial.id
      FOR UPDATE OF trial SKIP LOCKED
      LIMIT 1
    ) AS taken
    LIMIT 1`;
}
