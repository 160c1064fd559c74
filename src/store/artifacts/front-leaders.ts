import { z } from 'zod';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import type { FrontReads } from '../studies/fronts.ts';

/** The best trials of the studies with several metrics that have checkpoints. */
export interface FrontLeaders {
  readonly studies: readonly string[];
  /** Ids of trials. */
  readonly trials: readonly string[];
}

const rowsSchema = z.array(z.object({ study: z.string() }));

/**
 * Reads the first `count` trials of the leaderboard of each study with several metrics whose trials have checkpoints at their last step.
 * Their places are not stored, so that no statement can tell them.
 */
export async function frontLeaders(read: ReadRows, fronts: Pick<FrontReads, 'leaders'>, count: number): Promise<FrontLeaders> {
  const rows = await read(Prisma.sql`
    SELECT DISTINCT trial.study_id::text AS study FROM step_checkpoint AS checkpoint
    JOIN trial ON trial.result_key = checkpoint.result_key AND trial.steps_done = checkpoint.step
    WHERE trial.state = 'completed' AND trial.metric_values IS NOT NULL`);
  const studies = rowsSchema.parse(rows).map(({ study }) => study);
  const trials: string[] = [];
  for (const study of studies) trials.push(...((await fronts.leaders(read, study, count)) ?? []).map(({ id }) => id));
  return { studies, trials };
}
