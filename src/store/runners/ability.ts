import { z } from 'zod';
import type { Database } from '../database/database.ts';

const answerSchema = z.tuple([z.object({ others: z.boolean() })]);

/**
 * Marks a runner as unable to train by setting its slots to 0. Serialised: of two concurrent callers the second sees the
 * first one's row.
 *
 * @returns whether another runner, seen within the last `withinSeconds`, can train
 */
export async function markUnableToTrain(database: Database, runnerId: string, withinSeconds: number): Promise<boolean> {
  await database.$executeRaw`UPDATE runner SET slots = 0 WHERE id = ${runnerId}::uuid`;
  const [{ others }] = answerSchema.parse(
    await database.$queryRaw`
      SELECT EXISTS (
        SELECT 1 FROM runner WHERE id <> ${runnerId}::uuid AND slots > 0
          AND seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision)
      ) AS others`,
  );
  return others;
}
