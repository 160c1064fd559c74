import { z } from 'zod';
import type { KnownTraining, Lease, TrialQueue } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';

const resultsSchema = z.array(z.object({ epoch: z.number(), diverged: z.boolean() }));

/** Which training a trial turned out to be, now that its dataset and the trainer are there, and where it runs. */
type IdentifiedTraining = Parameters<TrialQueue['beginTraining']>[1];

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
  { epochsDigest, epochs, environment }: IdentifiedTraining,
): Promise<KnownTraining | null> {
  const held = await tx.$executeRaw`
    UPDATE trial
    SET epochs_done = CASE WHEN epochs_digest = ${epochsDigest} THEN epochs_done ELSE 0 END, epochs_digest = ${epochsDigest}
    WHERE id = ${lease.trialId}::uuid AND lease_token = ${lease.token}::uuid AND state = 'running'`;
  if (held === 0) return null;
  await tx.$executeRaw`
    DELETE FROM epoch_report AS report USING trial
    WHERE trial.id = ${lease.trialId}::uuid AND report.trial_id = trial.id AND report.epoch > trial.epochs_done`;
  await tx.$executeRaw`
    INSERT INTO training_environment (epochs_digest, environment) VALUES (${epochsDigest}, ${JSON.stringify(environment)}::jsonb)
    ON CONFLICT (epochs_digest) DO NOTHING`;
  return knownTraining(tx, epochsDigest, epochs);
}

async function knownTraining(tx: Connection, epochsDigest: string, atMost: number): Promise<KnownTraining> {
  const known = unbroken(
    resultsSchema.parse(
      await tx.$queryRaw`SELECT epoch, diverged FROM epoch_result WHERE epochs_digest = ${epochsDigest} AND epoch <= ${atMost}::int ORDER BY epoch`,
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
