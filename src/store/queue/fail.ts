import { z } from 'zod';
import { failurePolicyOf, type TrialError } from '../../studies/model/failure.ts';
import type { Lease, Settlement } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';

const studySchema = z.array(z.object({ study_id: z.string() }));

/**
 * Charges a failed attempt under its lease: the trial is queued again, or failed when its attempts are used up, its study
 * does not try this kind of failure again, or no attempt here could do better. Asked again by a runner that lost the
 * answer, it charges nothing more; nor does it for a lease that ended.
 */
export async function failTrial(connection: Connection, lease: Lease, error: TrialError): Promise<Settlement> {
  const [charged] = studySchema.parse(await chargeAttempt(connection, lease, error));
  const settled = charged ?? (await settledBy(connection, lease));
  return settled ? { kind: 'settled', studyId: settled.study_id } : { kind: 'lease-lost' };
}

/** A definition of before there were kinds names none: all are tried again. */
function chargeAttempt(connection: Connection, lease: Lease, error: TrialError): Promise<unknown> {
  const { retried } = failurePolicyOf(error);
  return connection.$queryRaw`
    WITH held AS (
      SELECT trial.id,
        NOT CASE ${retried}
          WHEN 'always' THEN true
          WHEN 'never' THEN false
          ELSE COALESCE(study.spec -> 'retries' -> 'on' ? ${retried}, true)
        END OR trial.failures + 1 >= (study.spec -> 'retries' ->> 'maxAttempts')::int AS final
      FROM trial JOIN study ON study.id = trial.study_id
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'
      FOR UPDATE OF trial
    )
    UPDATE trial
    SET state = CASE WHEN final THEN 'failed' ELSE 'queued' END, failures = failures + 1, error = ${JSON.stringify(error)}::jsonb,
        finished_at = CASE WHEN final THEN clock_timestamp() END, settled_token = ${lease.token}::uuid,
        lease_token = NULL, lease_until = NULL, lease_runner = NULL
    FROM held WHERE trial.id = held.id
    RETURNING trial.study_id`;
}

/** The study of a trial whose last settlement came with this token. */
async function settledBy(connection: Connection, { trialId, token }: Lease): Promise<z.output<typeof studySchema>[number] | undefined> {
  return studySchema.parse(
    await connection.$queryRaw`SELECT study_id FROM trial WHERE id = ${trialId}::uuid AND settled_token = ${token}::uuid`,
  )[0];
}
