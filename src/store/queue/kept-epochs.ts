import type { EpochRecord } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';

/**
 * Keeps an epoch under the digest of its training, in the caller's transaction: for every equal training, whoever trained
 * it and whether or not its lease still holds. The first word stands of what it came to, the last of where its checkpoint
 * lies; both are the same bits.
 *
 * @returns whether nobody knew it before
 */
export async function keepEpoch(
  tx: Connection,
  { epoch, epochsDigest, metrics, checkpoint }: EpochRecord,
  diverged: boolean,
): Promise<boolean> {
  const added = await tx.$executeRaw`
    INSERT INTO epoch_result (epochs_digest, epoch, metrics, diverged)
    VALUES (${epochsDigest}, ${epoch}::int, ${JSON.stringify(metrics)}::jsonb, ${diverged})
    ON CONFLICT (epochs_digest, epoch) DO NOTHING`;
  if (checkpoint) await keepCheckpoint(tx, epochsDigest, checkpoint);
  return added > 0;
}

async function keepCheckpoint(
  tx: Connection,
  epochsDigest: string,
  { epoch, file, bytes, sha256 }: NonNullable<EpochRecord['checkpoint']>,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO epoch_checkpoint (epochs_digest, epoch, file, bytes, sha256)
    VALUES (${epochsDigest}, ${epoch}::int, ${file}, ${bytes}::int, ${sha256})
    ON CONFLICT (epochs_digest, epoch) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = clock_timestamp()`;
}
