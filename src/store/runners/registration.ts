import { z } from 'zod';
import type { Capability } from '../../objectives/contract.ts';
import { type Database, retried } from '../database/database.ts';
import type { Runner as RunnerRow } from '../generated/client.ts';
import { releaseRunners } from '../queue/leases.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** The entry of a runner that registers. */
export interface RunnerEntry {
  readonly id: string;
  readonly identity: ProcessIdentity;
  /** Number of concurrent evaluations. */
  readonly slots: number;
  /** The objectives of its code. */
  readonly objectives: readonly Capability[];
  /** Those of them that it found it cannot evaluate. */
  readonly unable?: readonly Capability[];
}

/** A registered runner. */
export interface KnownRunner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly slots: number;
  readonly seenAt: Date;
}

/**
 * Registers a runner, and requeues at once the trials of dead runners of the same host, so that a restart after a crash
 * does not wait for their leases to expire. Runners on other hosts, which cannot be inspected from here, keep theirs.
 *
 * @returns the number of requeued trials
 */
export async function registerRunner(database: Database, runner: RunnerEntry): Promise<number> {
  const freed = await releaseDeadRunners(database, runner.identity.host);
  await upsertRunner(database, runner);
  return freed;
}

/** Stores a runner's entry as it is now: a runner that is already registered may have lost or regained an ability. */
export async function upsertRunner(database: Database, { id, identity, slots, ...abilities }: RunnerEntry): Promise<void> {
  const { host, boot, pidNamespace, pid, startedAt } = identity;
  const objectives = JSON.stringify(storedAbilities(abilities));
  await retried(
    () => database.$executeRaw`
      INSERT INTO runner (id, host, boot, pid_namespace, pid, process_start, slots, objectives)
      VALUES (${id}::uuid, ${host}, ${boot}, ${pidNamespace}, ${pid}::int, ${startedAt}, ${slots}::int, ${objectives}::jsonb)
      ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), objectives = EXCLUDED.objectives`,
  );
}

/** Lists the objectives that a runner can evaluate by name and version, and the others as `unable`, where no query for able runners finds them. */
function storedAbilities({ objectives, unable = [] }: Pick<RunnerEntry, 'objectives' | 'unable'>): object[] {
  const isUnable = (one: Capability): boolean => unable.some(({ name, version }) => name === one.name && version === one.version);
  return objectives.map(({ name, version }) => (isUnable({ name, version }) ? { unable: { name, version } } : { name, version }));
}

async function releaseDeadRunners(database: Database, host: string): Promise<number> {
  const known = await database.runner.findMany({ where: { host } });
  const ids = known.filter((row) => isAlive(identityOf(row)) === 'dead').map((row) => row.id);
  const freed = await retried(() => releaseRunners(database, ids));
  await retried(() => database.runner.deleteMany({ where: { id: { in: ids } } }));
  return freed;
}

/** Returns the process identity of a registered runner. */
export function identityOf({ host, boot, pidNamespace, pid, processStart }: RunnerRow): ProcessIdentity {
  return { host, boot, pidNamespace, pid, startedAt: processStart };
}

/**
 * Records that this runner is alive, with its abilities, and deletes runners that have not been seen for a day and hold no trial. A runner
 * that was itself deleted while its machine slept is registered again.
 */
export async function markSeen(database: Database, runner: RunnerEntry): Promise<void> {
  await upsertRunner(database, runner);
  await retried(
    () => database.$executeRaw`
      DELETE FROM runner WHERE seen_at < clock_timestamp() - interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM trial WHERE trial.state = 'running' AND trial.lease_runner = runner.id)`,
  );
}

/** Removes a runner that stops gracefully. */
export async function unregisterRunner(database: Database, runnerId: string): Promise<void> {
  await database.runner.deleteMany({ where: { id: runnerId } });
}

const liveSchema = z.array(z.object({ id: z.string(), host: z.string(), pid: z.number(), slots: z.number(), seen_at: z.date() }));

/** Lists the runners seen within the last `withinSeconds`. */
export async function liveRunners(database: Database, withinSeconds: number): Promise<KnownRunner[]> {
  const rows = await database.$queryRaw`
    SELECT id, host, pid, slots, seen_at FROM runner
    WHERE seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision) ORDER BY id`;
  return liveSchema.parse(rows).map(({ seen_at: seenAt, ...row }) => ({ ...row, seenAt }));
}
