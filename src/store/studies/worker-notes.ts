import { z } from 'zod';
import type { WorkerNotes } from '../../studies/ports/workers.ts';
import type { Connection } from '../database/database.ts';

const attributesSchema = z.record(z.string(), z.json()).nullable();
const linksSchema = z.array(z.object({ name: z.string(), url: z.string() })).nullable();

/** The words of a trial's worker, or of the client that gave its result; null if there are none. */
export async function readWorkerNotes(connection: Connection, trialId: string): Promise<WorkerNotes | null> {
  const row = await connection.trial.findUnique({
    where: { id: trialId },
    select: { worker: true, checkpoint: true, attributes: true, links: true },
  });
  if (!row || (row.worker === null && row.checkpoint === null && row.attributes === null && row.links === null)) return null;
  return {
    name: row.worker,
    checkpoint: row.checkpoint,
    attributes: attributesSchema.parse(row.attributes),
    links: linksSchema.parse(row.links),
  };
}
