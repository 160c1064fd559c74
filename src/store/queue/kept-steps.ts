import type { StepRecord } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';

/**
 * Keeps a step under the key of its training, in the caller's transaction: every equal training can use it, in any runner and even
 * if the lease has expired. On conflict the stored values stay and the checkpoint path is overwritten; both writers hold identical
 * bytes.
 *
 * @returns true if it was stored and not known before; a step without a key is not stored
 */
export async function keepStep(tx: Connection, { step, resultKey, values, checkpoint }: StepRecord, diverged: boolean): Promise<boolean> {
  if (resultKey === null) return false;
  const added = await tx.$executeRaw`
    INSERT INTO step_result (result_key, step, values, diverged)
    VALUES (${resultKey}, ${step}::int, ${JSON.stringify(values)}::jsonb, ${diverged})
    ON CONFLICT (result_key, step) DO NOTHING`;
  if (checkpoint) await keepCheckpoint(tx, resultKey, checkpoint);
  return added > 0;
}

async function keepCheckpoint(
  tx: Connection,
  resultKey: string,
  { step, file, bytes, sha256 }: NonNullable<StepRecord['checkpoint']>,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO step_checkpoint (result_key, step, file, bytes, sha256)
    VALUES (${resultKey}, ${step}::int, ${file}, ${bytes}::int, ${sha256})
    ON CONFLICT (result_key, step) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = clock_timestamp()`;
}
