import { z } from 'zod';
import { clientObjectives } from '../../objectives/table.ts';
import { changesSchema, withChanges } from '../../studies/definition/changes.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import type { StudySweep } from '../../studies/ports/sweep.ts';
import { isAdvanceable, samplerVersions } from '../../studies/search/advanceable.ts';
import { suggestsOnDemand } from '../../studies/search/on-demand.ts';
import { canQueueTrials } from '../../studies/search/queued-trials.ts';
import { eraseSome } from '../access/erasure.ts';
import { measureProjects } from '../access/stored-bytes.ts';
import { type Database, retried } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** The studies that a sweep looks at: all, or those whose trials workers of clients evaluate. */
export type Swept = 'all' | 'asked-for';

/** Implements the queries of a sweep on PostgreSQL. */
export function studySweep(database: Database, swept: Swept = 'all'): StudySweep {
  return {
    tickWallClock: (longestSeconds) => retried(() => tickWallClock(database, longestSeconds, swept)),
    forgetRequests: async () => {
      await database.$executeRaw`DELETE FROM created_request WHERE created_at < clock_timestamp() - interval '1 day'`;
    },
    measureProjects: () => measureProjects(database),
    eraseSome: () => eraseSome(database),
    studiesDue: () => studiesDue(database, swept),
    unevaluable: (withinSeconds) => unevaluable(database, withinSeconds),
  };
}

/**
 * Several runners tick the same row; each adds only the time since the previous tick of any runner. A row locked by a transaction
 * is skipped, and the next tick adds the time of both: no tick waits. Ticks have whole milliseconds, as the columns have, so that
 * the sums have no rounding errors.
 */
async function tickWallClock(database: Database, longestSeconds: number, swept: Swept): Promise<void> {
  await database.$executeRaw`
    WITH free AS (
      SELECT id, tick, tick - ticked_at <= make_interval(secs => ${longestSeconds}::double precision) AS worked
      FROM study CROSS JOIN (SELECT date_trunc('milliseconds', clock_timestamp()) AS tick) AS clock
      WHERE state = 'active' AND ${isSwept(swept)}
      ORDER BY id FOR NO KEY UPDATE OF study SKIP LOCKED
    )
    UPDATE study
    SET elapsed_seconds = elapsed_seconds + CASE WHEN worked THEN greatest(extract(epoch FROM tick - ticked_at)::double precision, 0) ELSE 0 END,
        active_since = CASE WHEN worked THEN COALESCE(active_since, ticked_at) ELSE tick END,
        ticked_at = tick
    FROM free WHERE study.id = free.id`;
}

/** Condition on a row of `study`. */
function isSwept(swept: Swept): Prisma.Sql {
  return swept === 'all' ? Prisma.sql`true` : Prisma.sql`study.objective_name = ANY (${[...clientObjectives]}::text[])`;
}

const candidateSchema = z.object({
  id: z.string(),
  spec: z.unknown(),
  changes: z.unknown(),
  definition_version: z.literal(definitionVersions).catch(1),
  sampler_version: z.number(),
  objective_version: z.number(),
  sampler_state: z.unknown(),
  observed: z.number(),
  suggested: z.number(),
  skipped: z.number(),
  known: z.number(),
  enqueued: z.number(),
  open: z.number(),
  next_is_final: z.boolean(),
  time_is_up: z.boolean(),
});
type Candidate = z.infer<typeof candidateSchema>;

/**
 * Active studies that are due and that no process is advancing. A finished trial leaves a place open, so only two groups are
 * examined: studies with fewer open trials than their parallelism (or with a broken definition without one), and those that began
 * with another sampler version, which must stop before more trials are evaluated. Commit times have no order and are not compared.
 * Cheap per study: the open trials are a range of `trial (study_id, state, number)`, the next trial to observe is one probe.
 */
async function studiesDue(database: Database, swept: Swept): Promise<string[]> {
  const rows = await database.$queryRaw`
    SELECT candidate.* FROM (
      SELECT study.id, study.spec, study.changes, study.definition_version, study.sampler_version, study.objective_version, study.sampler_state,
        study.observed, study.suggested, study.skipped, study.known, study.enqueued,
        (SELECT count(*)::int FROM trial WHERE trial.study_id = study.id AND trial.state IN ('queued', 'running')) AS open,
        EXISTS (
          SELECT 1 FROM trial
          WHERE trial.study_id = study.id AND trial.number = study.observed AND trial.state IN ('completed', 'pruned', 'failed')
        ) AS next_is_final,
        COALESCE(study.elapsed_seconds >= (COALESCE(study.changes -> 'budget', study.spec -> 'budget') ->> 'wallClockSeconds')::double precision, false) AS time_is_up
      FROM study WHERE study.state = 'active' AND ${isSwept(swept)}
    ) AS candidate
    WHERE candidate.time_is_up OR candidate.open < COALESCE((candidate.changes ->> 'parallelism')::int, (candidate.spec ->> 'parallelism')::int, candidate.open + 1)
      OR candidate.sampler_version <> (${JSON.stringify(samplerVersions)}::jsonb ->> (candidate.spec #>> '{sampler,type}'))::int
    ORDER BY candidate.id`;
  return z
    .array(candidateSchema)
    .parse(rows)
    .filter(isDue)
    .map((row) => row.id);
}

/** A study that this version cannot read is due: the advance reports it as a failure of that study alone. */
function isDue(candidate: Candidate): boolean {
  try {
    const spec = withChanges(
      readDefinition(candidate.definition_version, candidate.spec),
      changesSchema.nullable().parse(candidate.changes),
    );
    if (!canQueueTrials({ spec, objectiveVersion: candidate.objective_version })) return false;
    const waitsForWorkers = suggestsOnDemand(spec);
    if (candidate.time_is_up || (candidate.open === 0 && !waitsForWorkers)) return true;
    const { observed, suggested, skipped, known, enqueued } = candidate;
    return isAdvanceable({
      spec,
      began: candidate.sampler_version,
      progress: { state: candidate.sampler_state, observed, suggested, skipped, known, enqueued },
      open: candidate.open,
      nextIsFinal: candidate.next_is_final,
    });
  } catch {
    return true;
  }
}

const unevaluableSchema = z.array(z.object({ name: z.string(), version: z.number(), studies: z.number() }));

async function unevaluable(database: Database, withinSeconds: number): ReturnType<StudySweep['unevaluable']> {
  const rows = unevaluableSchema.parse(
    await database.$queryRaw`
      SELECT objective_name AS name, objective_version AS version, count(*)::int AS studies
      FROM study
      WHERE state = 'active' AND objective_name <> ALL (${[...clientObjectives]}::text[])
      GROUP BY objective_name, objective_version
      HAVING NOT EXISTS (
        SELECT 1 FROM runner
        WHERE seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision)
          AND objectives @> jsonb_build_array(jsonb_build_object('name', objective_name, 'version', objective_version))
      )
      ORDER BY 1, 2`,
  );
  return rows.map(({ name, version, studies }) => ({ objective: { name, version }, studies }));
}
