import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ProjectLimit } from '../access/project-limits.ts';
import { Prisma } from '../generated/client.ts';

/** Projects whose turns a process remembers. */
const rememberedAtMost = 1000;
/** Claims of the lightest project that another one may catch up: as many as slots may make together, without seeing each other's costs. */
const caughtUpAtMost = 16;

/** A claim, as it was charged. */
export interface Turn {
  readonly project: string;
  readonly start: number;
}

/**
 * The turns that projects take in the claims of this process (stride scheduling). The project with the least place is next, and a claim
 * moves its place on by 1 / weight. Every runner keeps turns of its own: together they give each project its share, and no claim writes a
 * row that others wait for.
 */
export class ProjectTurns {
  readonly #places = new LRUCache<string, number>({ max: rememberedAtMost });

  /** Notes a claim that trials of other projects waited for as well. */
  charge({ project, start }: Turn, limits: ReadonlyMap<string, ProjectLimit>): void {
    this.#places.set(project, Math.max(this.#places.get(project) ?? start, start) + 1 / (limits.get(project)?.weight ?? 1));
  }

  /** The parts of the statement that claims. */
  parts(limits: ReadonlyMap<string, ProjectLimit>): ClaimParts {
    const weights = Object.fromEntries([...limits].filter(([, { weight }]) => weight !== 1).map(([name, { weight }]) => [name, weight]));
    const places = Object.fromEntries(this.#places.entries());
    const slots = Object.fromEntries([...limits].filter(([, limit]) => limit.slots !== null).map(([name, limit]) => [name, limit.slots]));
    const stopped = [...limits].filter(([, { isStopped }]) => isStopped).map(([name]) => name);
    return {
      place: numberOf(places, Prisma.sql`NULL::double precision`),
      weight: numberOf(weights, Prisma.sql`1::double precision`),
      start: startOf(randomInt(2 ** 32)),
      allowed:
        Object.keys(slots).length === 0 && stopped.length === 0
          ? Prisma.sql`SELECT *, NULL::int AS project_slot FROM lane`
          : allowed(slots, stopped),
    };
  }
}

/** Parts of the statement that claims a trial. */
export interface ClaimParts {
  /** The place of a lane's project; null if it has none yet. */
  readonly place: Prisma.Sql;
  readonly weight: Prisma.Sql;
  /** Over all lanes with a trial: the start of a lane, by which they are ordered. */
  readonly start: Prisma.Sql;
  /** The lanes whose projects may have another trial running, with the slot that it would take. */
  readonly allowed: Prisma.Sql;
}

/** SQL: the number that a list has for the project of a lane. */
function numberOf(list: Readonly<Record<string, number>>, otherwise: Prisma.Sql): Prisma.Sql {
  if (Object.keys(list).length === 0) return otherwise;
  return Prisma.sql`COALESCE((${JSON.stringify(list)}::jsonb ->> lane.project)::double precision, ${otherwise})`;
}

/**
 * A project that had nothing to claim paid nothing meanwhile: its place is raised to a little behind the last claim's. A project that this
 * process does not know begins within its next turn, at a place that every process draws for itself: the first claims of many runners
 * do not all go to one project.
 */
function startOf(seed: number): Prisma.Sql {
  const last = Prisma.sql`max(place - 1 / weight) OVER ()`;
  return Prisma.sql`COALESCE(
    GREATEST(place, ${last} - ${caughtUpAtMost}::double precision / CASE WHEN place IS NOT NULL THEN min(weight) OVER () END),
    COALESCE(${last}, 0) + (hashtextextended(project, ${seed}) & 1048575) / 1048576.0 / weight
  )`;
}

/** Running trials of a limited project have numbered places, which a unique index keeps apart (see `claimTrial`). */
function allowed(slots: Readonly<Record<string, number | null>>, stopped: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    SELECT lane.*, free.number AS project_slot
    FROM lane CROSS JOIN LATERAL (SELECT (${JSON.stringify(slots)}::jsonb ->> lane.project)::int AS most) AS quota
    LEFT JOIN LATERAL (
      SELECT number FROM generate_series(1, quota.most) AS number
      WHERE NOT EXISTS (
        SELECT 1 FROM trial WHERE trial.project = lane.project AND trial.project_slot = number AND trial.state = 'running'
      )
      ORDER BY random() LIMIT 1
    ) AS free ON true
    WHERE lane.project <> ALL (${stopped}::text[]) AND (quota.most IS NULL OR free.number IS NOT NULL AND quota.most > (
      SELECT count(*) FROM trial WHERE trial.project = lane.project AND trial.state = 'running' AND trial.lease_runner IS NOT NULL
    ))`;
}
