import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import { metricSchema } from '../../studies/definition/definition.ts';
import type { EpochRecord, Lease, Settlement, TrialQueue } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { metricsSchema } from '../studies/rows.ts';
import { type Completion, completeOpenTrial } from './completion.ts';
import { adoptKnown, storeEpoch } from './epochs.ts';
import { insertEvaluation } from './evaluation.ts';
import { completeEvaluatedLate, completeLate, standingOf } from './late.ts';

const standingSchema = z.array(
  z.object({
    epochs_digest: z.string().nullable(),
    metrics: metricsSchema.nullable(),
    diverged: z.boolean().nullable(),
    metric: metricSchema.required(),
  }),
);

/** Records the last epoch of a trial and completes the trial with its metrics, in the caller's transaction. */
export async function completeTrial(tx: Connection, lease: Lease, last: EpochRecord, diverged: boolean): Promise<Settlement> {
  const held = await storeEpoch(tx, lease, last, diverged);
  if (!held) return completeLate(tx, lease, last, diverged);
  return completeOpenTrial(tx, lease, { metrics: last.metrics, diverged, metric: held.metric });
}

/**
 * Completes a running trial from known epochs of its training, the last of which is the one it asks for or one that
 * diverged, in the caller's transaction. Under a lease that ended it brings nothing that is not known, and settles nothing.
 */
export async function completeKnown(tx: Connection, lease: Lease, epoch: number): Promise<Settlement> {
  if (!(await adoptKnown(tx, lease, epoch))) return standingOf(tx, lease);
  const completion = await heldCompletion(tx, lease, epoch);
  invariant(completion, 'a trial whose row is locked keeps its holder');
  return completeOpenTrial(tx, lease, completion);
}

/** Completes a trial whose last epoch is recorded, with what its model is worth on the test split, in the caller's transaction. */
export async function completeEvaluated(
  tx: Connection,
  lease: Lease,
  measured: Parameters<TrialQueue['completeEvaluated']>[1],
): Promise<Settlement> {
  const completion = await heldCompletion(tx, lease, measured.epoch, measured.epochsDigest);
  if (!completion) return completeEvaluatedLate(tx, lease, measured);
  await insertEvaluation(tx, lease.trialId, measured.evaluation);
  return completeOpenTrial(tx, lease, completion);
}

/** What a running trial comes to with an epoch that is recorded for it, its row locked; null where the token does not hold it. */
async function heldCompletion(tx: Connection, lease: Lease, epoch: number, epochsDigest?: string): Promise<Completion | null> {
  const [standing] = standingSchema.parse(
    await tx.$queryRaw`
      SELECT trial.epochs_digest, report.metrics, result.diverged, study.spec -> 'metric' AS metric
      FROM trial JOIN study ON study.id = trial.study_id
        LEFT JOIN epoch_report AS report ON report.trial_id = trial.id AND report.epoch = ${epoch}::int
        LEFT JOIN epoch_result AS result ON result.epochs_digest = trial.epochs_digest AND result.epoch = ${epoch}::int
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'
      FOR NO KEY UPDATE OF trial`,
  );
  if (!standing) return null;
  const { metrics, diverged, metric } = standing;
  invariant(metrics !== null && diverged !== null, `a trial is completed with epoch ${epoch}, which is not recorded`);
  invariant(
    epochsDigest === undefined || epochsDigest === standing.epochs_digest,
    'a trial is completed with an evaluation of its own training',
  );
  return { metrics, diverged, metric };
}
