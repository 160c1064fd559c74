import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { retried } from '../database/database.ts';
import type { DirectDatabase } from '../database/direct.ts';

/** Time in ms between two sweeps, and between two batches of one. */
const [sweepMs, batchMs] = [60_000, 100];
/** Rows of a batch. */
const batchSize = 5000;

const countSchema = z.tuple([z.object({ deleted: z.number() })]);

/** Deletes events of some age every minute. Every process may do so. Disposing it ends it. */
export function sweepEvents(
  database: DirectDatabase,
  { days, onFault }: { readonly days: number; readonly onFault: (error: unknown) => void },
): AsyncDisposable {
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => sweep(database, days, stopped.signal)).catch(onFault);
  }, sweepMs).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      stopped.abort();
      await running;
    },
  };
}

async function sweep(database: DirectDatabase, days: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && (await deleteOldEvents(database, days)) === batchSize)
    await delay(batchMs, undefined, { signal: stop }).catch(() => undefined); // a stop ends the sweep
}

/**
 * Deletes the oldest events, those of other processes' sweeps aside, as far as they are older than some days. They are nearly in the order
 * of their age, so that it reads one batch of the primary key and needs no other index. Notes the highest number of them.
 *
 * @returns the number of deleted events, at most a batch
 */
export async function deleteOldEvents(database: DirectDatabase, days: number): Promise<number> {
  const rows = await retried(() =>
    database.rows({
      text: `
        WITH oldest AS (
          SELECT sequence, created_at FROM outbox ORDER BY sequence LIMIT $2::int
        ), deleted AS (
          DELETE FROM outbox USING oldest
          WHERE outbox.sequence = oldest.sequence AND oldest.created_at < clock_timestamp() - make_interval(days => $1::int)
          RETURNING outbox.sequence
        ), noted AS (
          UPDATE event_horizon SET deleted_through = last.sequence FROM (SELECT max(sequence) AS sequence FROM deleted) AS last
          WHERE event_horizon.deleted_through < last.sequence
        )
        SELECT count(*)::int AS deleted FROM deleted`,
      values: [days, batchSize],
    }),
  );
  return countSchema.parse(rows)[0].deleted;
}
