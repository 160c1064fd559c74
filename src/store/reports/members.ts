import { z } from 'zod';
import { earlierValuesSchema } from '../../space/earlier-values.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import type { MemberTrial } from '../../studies/ports/report-reads.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

const membersSchema = z.array(
  z.object({
    member: z.int(),
    number: z.int(),
    value: z.number().nullable(),
    steps: z.int(),
    copies: z.int(),
    parameters: z.record(z.string(), parameterValueSchema),
    earlierValues: earlierValuesSchema,
  }),
);

/**
 * Reads the last trial of each member, as the origins of the trials name it, the best first: in one scan, and a probe of
 * `trial (study_id, number)` for each member.
 */
export async function readMemberTrials(connection: Connection, studyId: string, atMost: number): Promise<MemberTrial[]> {
  return membersSchema.parse(
    await connection.$queryRaw(Prisma.sql`
      WITH members AS (
        SELECT (trial.origin ->> 'member')::int AS member, max(trial.number) AS last, (count(*) FILTER (WHERE trial.origin ? 'copies'))::int AS copies
        FROM trial JOIN study ON study.id = trial.study_id
        WHERE trial.study_id = ${studyId}::uuid AND trial.state IN ('completed', 'failed') AND trial.given IS NULL AND trial.origin ? 'member'
          AND trial.number <= COALESCE((study.outcome ->> 'lastTrial')::int, trial.number)
        GROUP BY 1
      )
      SELECT members.member, trial.number, trial.value, trial.steps_wanted AS steps, members.copies, trial.parameters,
        COALESCE(trial.origin -> 'earlierValues', '[]') AS "earlierValues"
      FROM members JOIN trial ON trial.study_id = ${studyId}::uuid AND trial.number = members.last
      ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number
      LIMIT ${atMost}::int`),
  );
}
