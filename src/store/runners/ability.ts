import { z } from 'zod';
import type { Database } from '../database/database.ts';

const answerSchema = z.tuple([z.object({ others: z.boolean() })]);

/**
 * Notes that a runner cannot train (no slot of it counts), and tells whether another one that was seen within the last
 * seconds can. Of two that find out at the same time the later one sees the note of the earlier.
 */
export async function noteCannotTrain(database: Database, runnerId: string, withinSeconds: number): Promise<boolean> {
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
