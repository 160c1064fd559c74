import { z } from 'zod';
import type { Capability } from '../../objectives/contract.ts';
import type { Database } from '../database/database.ts';

const answerSchema = z.tuple([z.object({ others: z.boolean() })]);

/**
 * Notes that a runner cannot evaluate an objective after all, and tells whether another one that was seen within the last
 * seconds can. Of two that find out at the same time the later one sees the note of the earlier.
 */
export async function noteCannotEvaluate(
  database: Database,
  { runnerId, objective, withinSeconds }: { readonly runnerId: string; readonly objective: Capability; readonly withinSeconds: number },
): Promise<boolean> {
  const { name, version } = objective;
  const able = JSON.stringify([{ name, version }]);
  await database.$executeRaw`
    UPDATE runner SET objectives = COALESCE(
      (SELECT jsonb_agg(one) FROM jsonb_array_elements(objectives) AS one WHERE one ->> 'name' <> ${name}), '[]'::jsonb)
    WHERE id = ${runnerId}::uuid`;
  const [{ others }] = answerSchema.parse(
    await database.$queryRaw`
      SELECT EXISTS (
        SELECT 1 FROM runner WHERE id <> ${runnerId}::uuid AND objectives @> ${able}::jsonb
          AND seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds}::double precision)
      ) AS others`,
  );
  return others;
}
