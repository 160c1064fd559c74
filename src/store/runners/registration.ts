import { z } from 'zod';
import type { Capability } from '../../objectives/contract.ts';
import { type Database, retried } from '../database/database.ts';
import type { Runner as RunnerRow } from '../generated/client.ts';
import { releaseRunners } from '../queue/leases.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** A runner as it registers. */
export interface RunnerEntry {
  readonly id: string;
  readonly identity: ProcessIdentity;
  /** Trials at a time. */
  readonly slots: number;
  /** What it can evaluate. */
  readonly objectives: readonly Capability[];
}

/** A runner that the database knows. */
export interface KnownRunner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly slots: number;
  readonly seenAt: Date;
}

/**
 * Registers a runner, and puts back at once what dead runners of the same host still hold: a restart after a crash
 * does not wait for their leases to end. Runners elsewhere, which cannot be looked at from here, keep theirs.
 *
 * @returns how many trials were put back
 */
export async function registerRunner(database: Database, runner: RunnerEntry): Promise<number> {
  const freed = await releaseDeadRunners(database, runner.identity.host);
  await upsertRunner(database, runner);
  return freed;
}

async function upsertRunner(database: Database, { id, identity, slots, objectives }: RunnerEntry): Promise<void> {
  const { host, boot, pidNamespace, pid, startedAt } = identity;
  await database.$executeRaw`
    INSERT INTO runner (id, host, boot, pid_namespace, pid, process_start, slots, objectives)
    VALUES (${id}::uuid, ${host}, ${boot}, ${pidNamespace}, ${pid}::int, ${startedAt}, ${slots}::int, ${JSON.stringify(objectives)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`;
}

async function releaseDeadRunners(database: Database, host: string): Promise<number> {
  const known = await database.runner.findMany({ where: { host } });
  const ids = known.filter((row) => isAlive(identityOf(row)) === 'dead').map((row) => row.id);
  const freed = await retried(() => releaseRunners(database, ids));
  await retried(() => database.runner.deleteMany({ where: { id: { in: ids } } }));
  return freed;
}

/** The process of a registered runner. */
export function identityOf({ host, boot, pidNamespace, pid, processStart }: RunnerRow): ProcessIdentity {
  return { host, boot, pidNamespace, pid, startedAt: processStart };
}

/**
 * Tells the others that this runner lives, and forgets runners that have not been seen for a day. One that slept so
 * long that it was forgotten itself is registered again.
 */
export async function markSeen(database: Database, runner: RunnerEntry): Promise<void> {
  await upsertRunner(database, runner);
  await retried(
    () => database.$executeRaw`
      DELETE FROM runner WHERE seen_at < clock_timestamp() - interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM trial WHERE trial.state = 'running' AND trial.lease_runner = runner.id)`,
  );
}

/** Removes a runner that stops in order. */
export async function unregisterRunner(database: Database, runnerId: string): Promise<void> {
  await database.runner.deleteMany({ where: { id: runnerId } });
}

const liveSchema = z.array(z.object({ id: z.string(), host: z.string(), pid: z.number(), slots: z.number(), seen_at: z.date() }));

/** Runners seen within the last seconds. */
export async function liveRunners(database: Database, withinSeconds: number): Promise<KnownRunner[]> {
  const rows = await database.$queryRaw`
    SELECT id, host, pid, slots, seen_at FROM runner
    WHERE seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision) ORDER BY id`;
  return liveSchema.parse(rows).map(({ seen_at: seenAt, ...row }) => ({ ...row, seenAt }));
}
