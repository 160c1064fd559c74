import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ProjectLimit } from '../access/project-limits.ts';
import { Prisma } from '../generated/client.ts';

/** Projects whose turns a process remembers. */
const rememberedAtMost = 1000;

/** A claim, as it was charged. */
export interface Turn {
  readonly project: string;
  readonly start: number;
}

/** Parts of the statement that claims a trial. */
export interface ClaimParts {
  /** The start of a lane, by which the lanes are ordered. */
  readonly start: Prisma.Sql;
  /** Lanes from which trials may be claimed, with the slot that a trial would take. */
  readonly lanes: Prisma.Sql;
}

/**
 * The turns that projects take in the claims of this process (stride scheduling). The project with the least place is next, and a claim
 * moves its place on by 1 / weight. Every runner keeps turns of its own: together they give each project its share, and no claim writes a
 * row that others wait for.
 *
 * A project that had nothing to claim paid nothing meanwhile: its place is raised to one claim behind the last one. A project that this
 * process does not know begins within its next turn, at the same offset in every turn, which every process draws for itself: the first
 * claims of many runners do not all go to one project. Claims that are made together are charged together: the others catch up.
 */
export class ProjectTurns {
  readonly #places = new LRUCache<string, number>({ max: rememberedAtMost });
  /** Place of the last claim. */
  #last = 0;
  /** From this and its name follows where in its turn a project begins. */
  readonly #seed = randomInt(2 ** 32);

  /** Notes a claim. */
  charge({ project, start }: Turn, limits: Limits): void {
    this.#places.set(project, Math.max(this.#places.get(project) ?? start, start) + 1 / weightOf(project, limits));
    this.#last = Math.max(this.#last, start);
  }

  /** The parts of the next claim. */
  parts(limits: Limits): ClaimParts {
    const slots = Object.fromEntries([...limits].filter(([, limit]) => limit.slots !== null).map(([name, limit]) => [name, limit.slots]));
    const stopped = [...limits].filter(([, { isStopped }]) => isStopped).map(([name]) => name);
    const isLimited = Object.keys(slots).length > 0 || stopped.length > 0;
    return {
      start: this.#start(limits),
      lanes: isLimited ? allowed(slots, stopped) : Prisma.sql`SELECT *, NULL::int AS project_slot FROM lane`,
    };
  }

  #start(limits: Limits): Prisma.Sql {
    const known = Object.fromEntries(
      [...this.#places.entries()].map(([project, place]) => [project, Math.max(place, this.#last - 1 / weightOf(project, limits))]),
    );
    const weights = Object.fromEntries([...limits].filter(([, { weight }]) => weight !== 1).map(([name, { weight }]) => [name, weight]));
    const weight = Prisma.sql`COALESCE((${JSON.stringify(weights)}::jsonb ->> lane.project)::double precision, 1)`;
    const offset = Prisma.sql`((hashtextextended(lane.project, ${this.#seed}) & 1048575) / 1048576.0)::double precision`;
    return Prisma.sql`COALESCE(
      (${JSON.stringify(known)}::jsonb ->> lane.project)::double precision,
      (ceil(${this.#last}::double precision * ${weight} - ${offset}) + ${offset}) / ${weight}
    )`;
  }
}

type Limits = ReadonlyMap<string, ProjectLimit>;

function weightOf(project: string, limits: Limits): number {
  return limits.get(project)?.weight ?? 1;
}

/** Running trials of a limited project have numbered places, which a unique index keeps apart (see `claimTrial`). */
function allowed(slots: Readonly<Record<string, number | null>>, stopped: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    SELECT lane.*, free.slot AS project_slot
    FROM lane CROSS JOIN LATERAL (SELECT (${JSON.stringify(slots)}::jsonb ->> lane.project)::int AS most) AS quota
    LEFT JOIN LATERAL (
      SELECT place.slot FROM generate_series(1, quota.most) AS place (slot)
      WHERE NOT EXISTS (
        SELECT 1 FROM trial WHERE trial.project = lane.project AND trial.project_slot = place.slot AND trial.state = 'running'
      )
      ORDER BY random() LIMIT 1
    ) AS free ON true
    WHERE lane.project <> ALL (${stopped}::text[]) AND (quota.most IS NULL OR free.slot IS NOT NULL AND quota.most > (
      SELECT count(*) FROM trial WHERE trial.project = lane.project AND trial.state = 'running' AND trial.lease_runner IS NOT NULL
    ))`;
}
