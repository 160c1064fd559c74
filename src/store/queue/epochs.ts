import { z } from 'zod';
import type { Directive, EpochRecord, KnownTraining, Lease } from '../../studies/ports.ts';
import type { Connection } from '../database.ts';

const stateSchema = z.array(z.object({ state: z.string() }));
const resultsSchema = z.array(z.object({ epoch: z.number(), diverged: z.boolean() }));

/** Which training a trial turned out to be, now that its dataset and the trainer are there. */
type IdentifiedTraining = { readonly epochsDigest: string; readonly epochs: number };

/**
 * Notes the digest of a running trial and reads what is known of that training, in the caller's transaction: from here
 * on its checkpoints are needed, and stay. What an earlier attempt recorded under another digest (another TensorFlow,
 * another processor) is no part of this training.
 *
 * @returns null where the token does not hold the trial any more
 */
export async function beginTraining(
  tx: Connection,
  lease: Lease,
  { epochsDigest, epochs }: IdentifiedTraining,
): Promise<KnownTraining | null> {
  const held = await tx.$executeRaw`
    UPDATE trial
    SET epochs_done = CASE WHEN epochs_digest = ${epochsDigest} THEN epochs_done ELSE 0 END, epochs_digest = ${epochsDigest}
    WHERE id = ${lease.trialId}::uuid AND lease_token = ${lease.token}::uuid AND state = 'running'`;
  if (held === 0) return null;
  await tx.$executeRaw`
    DELETE FROM epoch_report AS report USING trial
    WHERE trial.id = ${lease.trialId}::uuid AND report.trial_id = trial.id AND report.epoch > trial.epochs_done`;
  const known = unbroken(
    resultsSchema.parse(
      await tx.$queryRaw`SELECT epoch, diverged FROM epoch_result WHERE epochs_digest = ${epochsDigest} AND epoch <= ${epochs}::int ORDER BY epoch`,
    ),
  );
  const checkpoints = await tx.epochCheckpoint.findMany({
    where: { epochsDigest, epoch: { lte: known.epochs } },
    orderBy: { epoch: 'desc' },
    select: { epoch: true, file: true, bytes: true, sha256: true },
  });
  return { ...known, checkpoints };
}

/** The epochs that are known without a gap from the first; none follows one that diverged. */
function unbroken(results: readonly { epoch: number; diverged: boolean }[]): Pick<KnownTraining, 'epochs' | 'diverged'> {
  let epochs = 0;
  for (const { epoch, diverged } of results) {
    if (epoch !== epochs + 1) break;
    epochs = epoch;
    if (diverged) return { epochs, diverged: true };
  }
  return { epochs, diverged: false };
}

/**
 * Makes known epochs the trial's own, up to and with one, in the caller's transaction: its result will stand on them,
 * and nothing was trained for it. Deaths go on counting: that a training was continued says nothing of its runner.
 */
export async function adoptEpochs(tx: Connection, lease: Lease, epoch: number): Promise<Directive> {
  const rows = await tx.$queryRaw`
    UPDATE trial SET epochs_done = ${epoch}::int, epochs_reached = GREATEST(epochs_reached, ${epoch}::int)
    FROM study
    WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
    RETURNING study.state`;
  const [study] = stateSchema.parse(rows);
  if (!study) return 'abandon';
  await tx.$executeRaw`
    INSERT INTO epoch_report (trial_id, epoch, metrics)
    SELECT trial.id, result.epoch, result.metrics
    FROM trial JOIN epoch_result AS result ON result.epochs_digest = trial.epochs_digest AND result.epoch <= ${epoch}::int
    WHERE trial.id = ${lease.trialId}::uuid
    ON CONFLICT (trial_id, epoch) DO NOTHING`;
  return directiveIn(study.state);
}

/**
 * Stores an epoch that was trained, with its metrics and checkpoint, under a lease, in the caller's transaction. An
 * epoch that is trained again after a broken checkpoint brings the same bits, so it may overwrite itself; it is counted
 * as trained once more. What the epoch came to is kept for every equal training, and the first word stands.
 */
export async function recordEpoch(tx: Connection, lease: Lease, record: EpochRecord, diverged: boolean): Promise<Directive> {
  const { epoch, epochsDigest } = record;
  const metrics = JSON.stringify(record.metrics);
  const rows = await tx.$queryRaw`
    UPDATE trial SET epochs_done = ${epoch}::int, epochs_digest = ${epochsDigest}, epochs_trained = epochs_trained + 1,
        deaths = CASE WHEN ${epoch}::int > epochs_reached THEN 0 ELSE deaths END,
        epochs_reached = GREATEST(epochs_reached, ${epoch}::int)
    FROM study
    WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
    RETURNING study.state`;
  const [study] = stateSchema.parse(rows);
  if (!study) return 'abandon';
  await tx.$executeRaw`
    INSERT INTO epoch_report (trial_id, epoch, metrics) VALUES (${lease.trialId}::uuid, ${epoch}::int, ${metrics}::jsonb)
    ON CONFLICT (trial_id, epoch) DO UPDATE SET metrics = excluded.metrics`;
  await tx.$executeRaw`
    INSERT INTO epoch_result (epochs_digest, epoch, metrics, diverged) VALUES (${epochsDigest}, ${epoch}::int, ${metrics}::jsonb, ${diverged})
    ON CONFLICT (epochs_digest, epoch) DO NOTHING`;
  if (record.checkpoint) await recordCheckpoint(tx, epochsDigest, record.checkpoint);
  return directiveIn(study.state);
}

async function recordCheckpoint(
  tx: Connection,
  epochsDigest: string,
  { epoch, file, bytes, sha256 }: NonNullable<EpochRecord['checkpoint']>,
) {
  await tx.$executeRaw`
    INSERT INTO epoch_checkpoint (epochs_digest, epoch, file, bytes, sha256)
    VALUES (${epochsDigest}, ${epoch}::int, ${file}, ${bytes}::int, ${sha256})
    ON CONFLICT (epochs_digest, epoch) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = clock_timestamp()`;
}

function directiveIn(studyState: string): Directive {
  return studyState === 'active' ? 'continue' : 'pause';
}
