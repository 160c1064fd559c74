import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parameterValueSchema } from '../../space/schema.ts';
import type { ClaimedTrial } from '../../studies/ports.ts';
import { resolvedSpecSchema } from '../../studies/spec.ts';
import type { Connection } from '../database.ts';

const claimedSchema = z.object({
  id: z.string(),
  study_id: z.string(),
  number: z.number(),
  parameters: z.record(z.string(), parameterValueSchema),
  epochs_done: z.number(),
  epochs_digest: z.string().nullable(),
  spec: resolvedSpecSchema,
});

/**
 * Takes the oldest queued trial of an active study under a new lease. Rows that another claim holds are skipped, so
 * that claims never wait for each other; ids are UUIDv7, so the partial index `trial_queue` gives the oldest first.
 */
export async function claimTrial(connection: Connection, runnerId: string, leaseSeconds: number): Promise<ClaimedTrial | null> {
  const token = randomUUID();
  const rows = await connection.$queryRaw<unknown[]>`
    WITH next AS (
      SELECT trial.id, study.spec
      FROM trial JOIN study ON study.id = trial.study_id
      WHERE trial.state = 'queued' AND study.state = 'active'
      ORDER BY trial.id
      FOR UPDATE OF trial SKIP LOCKED
      LIMIT 1
    )
    UPDATE trial
    SET state = 'running', attempts = attempts + 1, started_at = COALESCE(started_at, clock_timestamp()),
        lease_token = ${token}::uuid, lease_runner = ${runnerId}::uuid,
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM next
    WHERE trial.id = next.id
    RETURNING trial.id, trial.study_id, trial.number, trial.parameters, trial.epochs_done, trial.epochs_digest, next.spec`;
  if (rows.length === 0) return null;
  const row = claimedSchema.parse(rows[0]);
  return {
    trialId: row.id,
    token,
    studyId: row.study_id,
    number: row.number,
    spec: row.spec,
    parameters: row.parameters,
    epochsDone: row.epochs_done,
    epochsDigest: row.epochs_digest,
  };
}
