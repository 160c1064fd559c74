import { z } from 'zod';
import { tell } from '../../shared/telemetry.ts';
import type { Directive, Lease } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** A trial whose leases end this often without one new step fails: it keeps killing its runner. */
export const mostLeaseExpiries = 10;

const renewedSchema = z.array(z.object({ token: z.string(), study_state: z.string() }));
const touchedSchema = z.array(z.object({ study_id: z.string() }));

/**
 * Renews leases by trial and token, and returns a directive for each token; a lease that is not renewed is gone. Locks rows by
 * study and number, as every statement that locks several trials.
 */
export async function renewLeases(connection: Connection, leases: readonly Lease[], leaseSeconds: number): Promise<Map<string, Directive>> {
  const directives = new Map<string, Directive>(leases.map((lease) => [lease.token, 'abandon']));
  if (leases.length === 0) return directives;
  const rows = await connection.$queryRaw`
    WITH held AS (
      SELECT trial.id, trial.lease_token, study.state AS study_state
      FROM unnest(${leases.map((lease) => lease.trialId)}::uuid[], ${leases.map((lease) => lease.token)}::uuid[]) AS lease (trial_id, token)
      JOIN trial ON trial.id = lease.trial_id AND trial.lease_token = lease.token AND trial.state = 'running'
      JOIN study ON study.id = trial.study_id
      ORDER BY trial.study_id, trial.number
      FOR UPDATE OF trial
    )
    UPDATE trial
    SET lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM held
    WHERE trial.id = held.id
    RETURNING held.lease_token AS token, held.study_state`;
  for (const row of renewedSchema.parse(rows)) directives.set(row.token, row.study_state === 'active' ? 'continue' : 'pause');
  return directives;
}

/** Puts a running trial back, uncharged, if the token still holds it. */
export async function releaseLease(connection: Connection, lease: Lease): Promise<void> {
  await connection.$executeRaw`
    UPDATE trial SET state = 'queued', lease_token = NULL, lease_until = NULL, lease_runner = NULL
    WHERE id = ${lease.trialId}::uuid AND lease_token = ${lease.token}::uuid AND state = 'running'`;
}

/**
 * Puts back every trial whose lease ended. A database that started less than one lease ago has kept holders from
 * renewing, so nothing is taken from anybody until that time is over. Rows that somebody works on are left for next time.
 *
 * @returns the studies touched
 */
export function expireLeases(connection: Connection, leaseSeconds: number): Promise<string[]> {
  return putBackEnded(connection, Prisma.sql`true`, leaseSeconds);
}

/** The same for the trials that workers of clients hold, whose leases have a length of their own. */
export function expireWorkerLeases(connection: Connection): Promise<string[]> {
  return putBackEnded(connection, Prisma.sql`lease_runner IS NULL`, 0);
}

async function putBackEnded(connection: Connection, whose: Prisma.Sql, leaseSeconds: number): Promise<string[]> {
  const ended = Prisma.sql`
    SELECT id FROM trial
    WHERE state = 'running' AND ${whose} AND lease_until < clock_timestamp()
      AND pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => COALESCE(lease_seconds, ${leaseSeconds}::double precision))
    ORDER BY study_id, number
    FOR UPDATE SKIP LOCKED`;
  return [...new Set(await putBack(connection, ended))];
}

/**
 * Puts back every trial that dead runners hold; their leases need not run out.
 *
 * @returns how many trials were taken from them
 */
export async function releaseRunners(connection: Connection, runnerIds: readonly string[]): Promise<number> {
  if (runnerIds.length === 0) return 0;
  const held = Prisma.sql`
    SELECT id FROM trial WHERE state = 'running' AND lease_runner = ANY (${runnerIds}::uuid[])
    ORDER BY study_id, number
    FOR UPDATE`;
  return (await putBack(connection, held)).length;
}

/** Queues lost trials again, or fails those that lost too many runners. @returns the study of each */
async function putBack(connection: Connection, lost: Prisma.Sql): Promise<string[]> {
  const rows = await connection.$queryRaw`
    WITH lost AS (${lost})
    UPDATE trial
    SET state = CASE WHEN lease_expiries + 1 >= ${mostLeaseExpiries}::int THEN 'failed' ELSE 'queued' END,
        finished_at = CASE WHEN lease_expiries + 1 >= ${mostLeaseExpiries}::int THEN clock_timestamp() END,
        error = CASE WHEN lease_expiries + 1 >= ${mostLeaseExpiries}::int THEN jsonb_build_object('code', 'runner-lost', 'message',
          format('its runner was lost %s times without one new step', lease_expiries + 1)) ELSE error END,
        lease_expiries = lease_expiries + 1, lease_token = NULL, lease_until = NULL, lease_runner = NULL
    FROM lost WHERE trial.id = lost.id
    RETURNING trial.study_id`;
  const studies = touchedSchema.parse(rows).map((row) => row.study_id);
  if (studies.length > 0) tell('leasesLost', { trials: studies.length });
  return studies;
}
