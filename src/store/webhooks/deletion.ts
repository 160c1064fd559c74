import { z } from 'zod';
import type { Connection, Database } from '../database/database.ts';
import { inTransaction } from '../database/database.ts';

/** Rows that one statement deletes: some tens of milliseconds. */
const rowsAtOnce = 500;

/** The state of a row that is gone for everyone, and has deliveries that the sweep deletes. */
export const deletedState = 'deleted';

/**
 * Marks a webhook as deleted: requests, takers and senders no longer find it. Its address and secrets are forgotten at once, its
 * deliveries, of which there may be many, are left to `deleteSome`.
 *
 * @returns false if there is no such webhook
 */
export async function markDeleted(tx: Connection, id: string): Promise<boolean> {
  const marked = await tx.$executeRaw`
    UPDATE webhook SET state = ${deletedState}, url = '', description = '', secret = '', previous_secret = NULL, previous_secret_until = NULL
    WHERE id = ${id}::uuid AND state <> ${deletedState}`;
  return marked > 0;
}

const idSchema = z.array(z.object({ id: z.string() }));

/**
 * Deletes some deliveries of a deleted webhook, in one small transaction, and in the end its row. A process that dies leaves the rest to
 * the next call of any process.
 *
 * @returns true if there may be more
 */
export function deleteSome(database: Database, most = rowsAtOnce): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    const rows = await tx.$queryRaw`
      SELECT id FROM webhook WHERE state = ${deletedState} ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`;
    const [gone] = idSchema.parse(rows);
    if (!gone) return false;
    const deleted = await tx.$executeRaw`
      DELETE FROM webhook_delivery WHERE id IN (
        SELECT id FROM webhook_delivery WHERE webhook_id = ${gone.id}::uuid ORDER BY id LIMIT ${most}::int
      )`;
    if (deleted === 0) await tx.webhook.delete({ where: { id: gone.id } });
    return true;
  });
}
