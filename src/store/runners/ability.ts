import { z } from 'zod';
import type { Capability } from '../../objectives/contract.ts';
import type { RunnersFor } from '../../studies/ports/runners.ts';
import type { Database } from '../database/database.ts';
import { markSeen, type RunnerEntry, unregisterRunner, upsertRunner } from './registration.ts';

/** A runner's own entry. It holds what the runner has found out about itself, so that each write stores the abilities of now. */
export interface OwnRegistration {
  readonly id: string;
  /** Stores that the runner is alive, and its abilities. */
  seen(): Promise<void>;
  /** Stores that the runner can evaluate an objective again; writes nothing if it never could not. */
  canEvaluate(objective: Capability): Promise<void>;
  /**
   * Stores that the runner cannot evaluate an objective after all, and tells whether another living one can. Of two that find out at
   * the same time the later one sees the note of the earlier.
   */
  cannotEvaluate(objective: Capability): Promise<boolean>;
  unregister(): Promise<void>;
}

/** The entry of a registered runner. Others are alive if they were seen within the last `withinSeconds`. */
export function ownRegistration(database: Database, entry: RunnerEntry, withinSeconds: number): OwnRegistration {
  const unable = new Map<string, Capability>();
  const now = (): RunnerEntry => ({ ...entry, unable: [...unable.values()] });
  return {
    id: entry.id,
    seen: () => markSeen(database, now()),
    canEvaluate: async (objective) => {
      if (unable.delete(keyOf(objective))) await upsertRunner(database, now());
    },
    cannotEvaluate: async (objective) => {
      unable.set(keyOf(objective), objective);
      await upsertRunner(database, now());
      return othersCanEvaluate(database, { runnerId: entry.id, objective, withinSeconds });
    },
    unregister: () => unregisterRunner(database, entry.id),
  };
}

function keyOf({ name, version }: Capability): string {
  return `${name} ${version}`;
}

const answerSchema = z.tuple([z.object({ others: z.boolean() })]);

async function othersCanEvaluate(
  database: Database,
  { runnerId, objective, withinSeconds }: { readonly runnerId: string; readonly objective: Capability; readonly withinSeconds: number },
): Promise<boolean> {
  const [{ others }] = answerSchema.parse(
    await database.$queryRaw`
      SELECT EXISTS (
        SELECT 1 FROM runner WHERE id <> ${runnerId}::uuid AND objectives @> ${able(objective)}::jsonb
          AND seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision)
      ) AS others`,
  );
  return others;
}

const countsSchema = z.tuple([z.object({ alive: z.number(), able: z.number(), unable: z.number() })]);

/** Counts the living runners, and those of them that can evaluate an objective. Reads the table of runners alone, which is small. */
export async function runnersFor(database: Database, objective: Capability, withinSeconds: number): Promise<RunnersFor> {
  const [counts] = countsSchema.parse(
    await database.$queryRaw`
      SELECT count(*)::int AS alive,
        count(*) FILTER (WHERE objectives @> ${able(objective)}::jsonb)::int AS able,
        count(*) FILTER (WHERE objectives @> ${notedUnable(objective)}::jsonb)::int AS unable
      FROM runner
      WHERE seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision)`,
  );
  return counts;
}

function able({ name, version }: Capability): string {
  return JSON.stringify([{ name, version }]);
}

function notedUnable({ name, version }: Capability): string {
  return JSON.stringify([{ unable: { name, version } }]);
}
