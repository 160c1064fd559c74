import { z } from 'zod';
import type { SpentQuota } from '../../access/quota.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { trialsToday } from './usage.ts';

/** Time in ms for which a process keeps the figures. */
const keptMs = 3000;

/** Limits of a project: its share of the claims, and its quotas as far as they are set. */
export interface ProjectLimit {
  readonly weight: number;
  /** null: no quota. */
  readonly slots: number | null;
  /** The quota for which it may create no trials now; null: none. */
  readonly spent: SpentQuota | null;
  /** True if no trial of it may start. */
  readonly isStopped: boolean;
}

const rowSchema = z.object({
  name: z.string(),
  weight: z.number(),
  slots: z.number().nullable(),
  erasing: z.boolean(),
  trials_per_day: z.number().nullable(),
  trials_today: z.number().nullable(),
  stored_bytes: z.number().nullable(),
  bytes_used: z.number().nullable(),
});

/** The limits of all projects that have any, as a process knows them: read at most every three seconds. */
export class ProjectLimits {
  #limits: ReadonlyMap<string, ProjectLimit> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  /**
   * One caller reads for all; meanwhile the others go on with the figures before, if there are any.
   *
   * @param read on the caller's own connection, so that no transaction waits for another connection
   */
  async now(read: ReadRows): Promise<ReadonlyMap<string, ProjectLimit>> {
    const isFirst = this.#readAt === Number.NEGATIVE_INFINITY;
    if (this.#reading && isFirst) await this.#reading;
    else if (!this.#reading && performance.now() - this.#readAt > keptMs) {
      this.#reading = this.#read(read);
      await this.#reading.finally(() => {
        this.#reading = null;
      });
    }
    return this.#limits;
  }

  async #read(read: ReadRows): Promise<void> {
    this.#limits = await readLimits(read, Prisma.sql`true`);
    this.#readAt = performance.now();
  }
}

/** The quota for which a project may create no trials at this moment; null if there is none. */
export async function readSpent(read: ReadRows, project: string): Promise<SpentQuota | null> {
  return (await readLimits(read, Prisma.sql`name = ${project}`)).get(project)?.spent ?? null;
}

async function readLimits(read: ReadRows, which: Prisma.Sql): Promise<ReadonlyMap<string, ProjectLimit>> {
  const rows = await read(Prisma.sql`
    SELECT name, weight, slots, erasing_since IS NOT NULL AS erasing, trials_per_day,
      CASE WHEN trials_per_day IS NOT NULL THEN ${trialsToday(Prisma.sql`project.name`)} END AS trials_today,
      stored_bytes::double precision, bytes_used::double precision
    FROM project
    WHERE ${which} AND (weight <> 1 OR slots IS NOT NULL OR trials_per_day IS NOT NULL OR stored_bytes IS NOT NULL OR erasing_since IS NOT NULL)`);
  return new Map(
    z
      .array(rowSchema)
      .parse(rows)
      .map((row) => [row.name, limitOf(row)]),
  );
}

function limitOf(row: z.output<typeof rowSchema>): ProjectLimit {
  const spent = spentOf(row);
  return { weight: row.weight, slots: row.slots, spent, isStopped: row.erasing || spent?.quota === 'storedBytes' };
}

function spentOf(row: z.output<typeof rowSchema>): SpentQuota | null {
  const { name: project, trials_per_day: trials, trials_today: today, stored_bytes: bytes, bytes_used: stored } = row;
  if (bytes !== null && stored !== null && stored >= bytes) return { project, quota: 'storedBytes', used: stored, limit: bytes };
  if (trials !== null && today !== null && today >= trials) return { project, quota: 'trialsPerDay', used: today, limit: trials };
  return null;
}
