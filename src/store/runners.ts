import { z } from 'zod';
import type { Database } from './database.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { releaseRunners } from './queue/leases.ts';

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
export async function registerRunner(
  database: Database,
  runner: { id: string; identity: ProcessIdentity; slots: number },
): Promise<number> {
  const freed = await releaseDeadRunners(database, runner.identity.host);
  const { host, boot, pidNamespace, pid, startedAt } = runner.identity;
  await database.runner.create({ data: { id: runner.id, host, boot, pidNamespace, pid, processStart: startedAt, slots: runner.slots } });
  return freed;
}

async function releaseDeadRunners(database: Database, host: string): Promise<number> {
  const known = await database.runner.findMany({ where: { host } });
  const dead = known.filter(
    (row) =>
      isAlive({ host: row.host, boot: row.boot, pidNamespace: row.pidNamespace, pid: row.pid, startedAt: row.processStart }) === 'dead',
  );
  const ids = dead.map((row) => row.id);
  const freed = await releaseRunners(database, ids);
  await database.runner.deleteMany({ where: { id: { in: ids } } });
  return freed;
}

/** Tells the others that this runner lives, and forgets runners that have not been seen for a day. */
export async function markSeen(database: Database, runnerId: string): Promise<void> {
  await database.$executeRaw`UPDATE runner SET seen_at = clock_timestamp() WHERE id = ${runnerId}::uuid`;
  await database.$executeRaw`
    DELETE FROM runner WHERE seen_at < clock_timestamp() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM trial WHERE trial.state = 'running' AND trial.lease_runner = runner.id)`;
}

/** Removes a runner that stops in order. */
export async function unregisterRunner(database: Database, runnerId: string): Promise<void> {
  await database.runner.deleteMany({ where: { id: runnerId } });
}

const secondsSchema = z.array(z.object({ id: z.string(), host: z.string(), pid: z.number(), slots: z.number(), seen_at: z.date() }));

/** Runners seen within the last seconds. */
export async function liveRunners(database: Database, withinSeconds: number): Promise<KnownRunner[]> {
  const rows = await database.$queryRaw`
    SELECT id, host, pid, slots, seen_at FROM runner
    WHERE seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision) ORDER BY id`;
  return secondsSchema.parse(rows).map(({ seen_at: seenAt, ...row }) => ({ ...row, seenAt }));
}
