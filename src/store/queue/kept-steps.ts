import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { StepRecord } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/**
 * Keeps a step under the key of its training, in the caller's transaction: every equal training can use it, in any runner and even
 * if the lease has expired. On conflict the stored values stay and the checkpoint path is overwritten; both writers hold identical
 * bytes.
 *
 * @returns true if it was stored and not known before; a step without a key is not stored
 */
export async function keepStep(tx: Connection, { step, resultKey, values, checkpoint }: StepRecord, diverged: boolean): Promise<boolean> {
  if (resultKey === null) return false;
  const added = await tx.$executeRaw(resultInsert({ resultKey, step, values, diverged }, Prisma.empty));
  if (checkpoint) await tx.$executeRaw(checkpointInsert(resultKey, checkpoint, Prisma.empty));
  return added > 0;
}

/** A step of a training, as it is kept. */
interface KeptStep extends Pick<StepRecord, 'step' | 'values'> {
  readonly resultKey: string;
  readonly diverged: boolean;
}

/** The statement that keeps the values of a step, once for each row of a `FROM` clause. */
export function resultInsert({ resultKey, step, values, diverged }: KeptStep, from: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO step_result (result_key, step, values, diverged)
    SELECT ${resultKey}::text, ${step}::int, ${JSON.stringify(values)}::jsonb, ${diverged}::boolean ${from}
    ON CONFLICT (result_key, step) DO NOTHING`;
}

/** The statement that keeps the checkpoint after a step, once for each row of a `FROM` clause. */
export function checkpointInsert(resultKey: string, { step, file, bytes, sha256 }: StepCheckpointFile, from: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO step_checkpoint (result_key, step, file, bytes, sha256)
    SELECT ${resultKey}::text, ${step}::int, ${file}::text, ${bytes}::int, ${sha256}::text ${from}
    ON CONFLICT (result_key, step) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, created_at = clock_timestamp()`;
}
