import { z } from 'zod';
import { oriented } from '../../samplers/contract.ts';
import type { Directive, EpochRecord, Lease, Settlement } from '../../studies/ports.ts';
import { resolvedSpecSchema } from '../../studies/spec.ts';
import { errorPolicies, type TrialError } from '../../studies/study.ts';
import type { Connection } from '../database.ts';

const studySchema = z.array(z.object({ study_id: z.string() }));
const stateSchema = z.array(z.object({ state: z.string() }));
const specSchema = z.array(z.object({ spec: resolvedSpecSchema }));

/**
 * Stores an epoch's metrics and checkpoint under a lease, in the caller's transaction. An epoch that is trained again
 * after a broken checkpoint brings the same bits, so it may overwrite itself.
 */
export async function recordEpoch(tx: Connection, lease: Lease, record: EpochRecord): Promise<Directive> {
  const rows = await tx.$queryRaw`
    UPDATE trial SET epochs_done = ${record.epoch}::int, epochs_digest = ${record.epochsDigest},
        deaths = CASE WHEN ${record.epoch}::int > epochs_reached THEN 0 ELSE deaths END,
        epochs_reached = GREATEST(epochs_reached, ${record.epoch}::int)
    FROM study
    WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
    RETURNING study.state`;
  const [study] = stateSchema.parse(rows);
  if (!study) return 'abandon';
  await tx.$executeRaw`
    INSERT INTO epoch_report (trial_id, epoch, metrics)
    VALUES (${lease.trialId}::uuid, ${record.epoch}::int, ${JSON.stringify(record.metrics)}::jsonb)
    ON CONFLICT (trial_id, epoch) DO UPDATE SET metrics = excluded.metrics`;
  if (record.checkpoint) {
    const { file, bytes, sha256 } = record.checkpoint;
    await tx.$executeRaw`
      INSERT INTO epoch_checkpoint (epochs_digest, epoch, file, bytes, sha256)
      VALUES (${record.epochsDigest}, ${record.epoch}::int, ${file}, ${bytes}::int, ${sha256})
      ON CONFLICT (epochs_digest, epoch) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = clock_timestamp()`;
  }
  return study.state === 'active' ? 'continue' : 'pause';
}

/**
 * Records the last epoch of a running trial and completes the trial with its metrics, in the caller's transaction. The
 * value is the study's metric; one that is not finite is null.
 */
export async function completeTrial(tx: Connection, lease: Lease, last: EpochRecord, diverged: boolean): Promise<Settlement> {
  if ((await recordEpoch(tx, lease, last)) === 'abandon') return { kind: 'lease-lost' };
  const [holder] = specSchema.parse(
    await tx.$queryRaw`
      SELECT study.spec FROM trial JOIN study ON study.id = trial.study_id
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'`,
  );
  if (!holder) return { kind: 'lease-lost' };
  const { name, direction } = holder.spec.metric;
  const value = last.metrics[name];
  const score = value === null ? null : oriented(direction, value);
  return settlement(
    await tx.$queryRaw`
      UPDATE trial
      SET state = 'completed', value = ${value}::double precision, score = ${score}::double precision, metrics = ${JSON.stringify(last.metrics)}::jsonb,
          diverged = ${diverged}, error = NULL, finished_at = clock_timestamp(), lease_token = NULL, lease_until = NULL, lease_runner = NULL
      WHERE id = ${lease.trialId}::uuid AND lease_token = ${lease.token}::uuid AND state = 'running'
      RETURNING study_id`,
  );
}

/** Charges a failed attempt under its lease: the trial is queued again, or failed when its attempts are used up or no attempt here could do better. */
export async function failTrial(connection: Connection, lease: Lease, error: TrialError): Promise<Settlement> {
  const { retried } = errorPolicies[error.code];
  return settlement(
    await connection.$queryRaw`
      WITH held AS (
        SELECT trial.id, NOT ${retried} OR trial.failures + 1 >= (study.spec -> 'retries' ->> 'maxAttempts')::int AS final
        FROM trial JOIN study ON study.id = trial.study_id
        WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'
        FOR UPDATE OF trial
      )
      UPDATE trial
      SET state = CASE WHEN final THEN 'failed' ELSE 'queued' END, failures = failures + 1, error = ${JSON.stringify(error)}::jsonb,
          finished_at = CASE WHEN final THEN clock_timestamp() END, lease_token = NULL, lease_until = NULL, lease_runner = NULL
      FROM held WHERE trial.id = held.id
      RETURNING trial.study_id`,
  );
}

function settlement(rows: unknown): Settlement {
  const [row] = studySchema.parse(rows);
  return row ? { kind: 'settled', studyId: row.study_id } : { kind: 'lease-lost' };
}
