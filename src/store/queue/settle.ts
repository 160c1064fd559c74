import { z } from 'zod';
import { oriented } from '../../samplers/contract.ts';
import { invariant } from '../../shared/errors.ts';
import type { EpochRecord, Lease, Settlement } from '../../studies/ports.ts';
import { resolvedSpecSchema } from '../../studies/spec.ts';
import { errorPolicies, type TrialError } from '../../studies/study.ts';
import type { EpochMetrics } from '../../training/protocol.ts';
import type { TestEvaluation } from '../../training/test-evaluation.ts';
import type { Connection } from '../database.ts';
import { metricsSchema } from '../rows.ts';
import { adoptEpochs, recordEpoch } from './epochs.ts';

const studySchema = z.array(z.object({ study_id: z.string() }));
const specSchema = z.array(z.object({ spec: resolvedSpecSchema }));
const standingSchema = z.array(z.object({ metrics: metricsSchema.nullable(), diverged: z.boolean().nullable() }));

/** What a trial came to. */
interface Result {
  readonly metrics: EpochMetrics;
  readonly diverged: boolean;
}

/** Records the last epoch of a running trial and completes the trial with its metrics, in the caller's transaction. */
export async function completeTrial(tx: Connection, lease: Lease, last: EpochRecord, diverged: boolean): Promise<Settlement> {
  if ((await recordEpoch(tx, lease, last, diverged)) === 'abandon') return { kind: 'lease-lost' };
  return settleCompleted(tx, lease, { metrics: last.metrics, diverged });
}

/** Completes a running trial from known epochs of its training, the last of which is the one it asks for or one that diverged, in the caller's transaction. */
export async function completeKnown(tx: Connection, lease: Lease, epoch: number): Promise<Settlement> {
  if ((await adoptEpochs(tx, lease, epoch)) === 'abandon') return { kind: 'lease-lost' };
  return completeAt(tx, lease, epoch);
}

/** Completes a running trial whose last epoch is recorded, with what its model is worth on the test split, in the caller's transaction. */
export async function completeEvaluated(tx: Connection, lease: Lease, epoch: number, evaluation: TestEvaluation): Promise<Settlement> {
  const settled = await completeAt(tx, lease, epoch);
  if (settled.kind === 'settled')
    await tx.$executeRaw`
      INSERT INTO trial_evaluation (trial_id, evaluation) VALUES (${lease.trialId}::uuid, ${JSON.stringify(evaluation)}::jsonb)`;
  return settled;
}

/** Completes a running trial with the metrics of an epoch that is recorded for it. */
async function completeAt(tx: Connection, lease: Lease, epoch: number): Promise<Settlement> {
  const [standing] = standingSchema.parse(
    await tx.$queryRaw`
      SELECT report.metrics, result.diverged
      FROM trial
        LEFT JOIN epoch_report AS report ON report.trial_id = trial.id AND report.epoch = ${epoch}::int
        LEFT JOIN epoch_result AS result ON result.epochs_digest = trial.epochs_digest AND result.epoch = ${epoch}::int
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'`,
  );
  if (!standing) return { kind: 'lease-lost' };
  const { metrics, diverged } = standing;
  invariant(metrics !== null && diverged !== null, `a trial is completed with epoch ${epoch}, which is not recorded`);
  return settleCompleted(tx, lease, { metrics, diverged });
}

/**
 * The value is the study's metric; one that is not finite is null. A trial for which no epoch was trained stands on an
 * equal one (`memo`) where a completed trial asked for exactly as many epochs, else on a longer one (`prefix`).
 */
async function settleCompleted(tx: Connection, lease: Lease, { metrics, diverged }: Result): Promise<Settlement> {
  const [holder] = specSchema.parse(
    await tx.$queryRaw`
      SELECT study.spec FROM trial JOIN study ON study.id = trial.study_id
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'`,
  );
  if (!holder) return { kind: 'lease-lost' };
  const { name, direction } = holder.spec.metric;
  const value = metrics[name];
  const score = value === null ? null : oriented(direction, value);
  return settlement(
    await tx.$queryRaw`
      UPDATE trial
      SET state = 'completed', value = ${value}::double precision, score = ${score}::double precision, metrics = ${JSON.stringify(metrics)}::jsonb,
          diverged = ${diverged}, error = NULL, finished_at = clock_timestamp(), lease_token = NULL, lease_until = NULL, lease_runner = NULL,
          source = CASE
            WHEN trial.epochs_trained > 0 THEN 'trained'
            WHEN EXISTS (
              SELECT 1 FROM trial AS twin
              WHERE twin.epochs_digest = trial.epochs_digest AND twin.state = 'completed'
                AND COALESCE(twin.epochs_wanted, twin.epochs_done) = COALESCE(trial.epochs_wanted, trial.epochs_done)
            ) THEN 'memo'
            ELSE 'prefix'
          END
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
