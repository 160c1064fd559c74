import { z } from 'zod';
import type { InheritedSteps } from '../../objectives/evaluator.ts';
import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** The table `part (result_key, after, until)`: the steps after `after`, up to `until`, are those of `result_key`. */
function parts(inherited: readonly InheritedSteps[]): Prisma.Sql {
  const keys = inherited.map(({ resultKey }) => resultKey);
  const ends = inherited.map(({ lastStep }) => lastStep);
  const starts = [0, ...ends.slice(0, -1)];
  return Prisma.sql`unnest(${keys}::text[], ${starts}::int[], ${ends}::int[]) AS part (result_key, after, until)`;
}

/**
 * Copies the known steps of the trainings that another one begins with under its key, in the caller's transaction: the values of each step
 * are then found under one key. Steps behind one that diverged are not copied. It may be repeated: a step that is there stays.
 */
export async function inheritSteps(tx: Connection, resultKey: string, inherited: readonly InheritedSteps[]): Promise<void> {
  await tx.$executeRaw`
    WITH found AS (
      SELECT result.step, result.values, result.diverged
      FROM ${parts(inherited)} JOIN step_result AS result ON result.result_key = part.result_key AND result.step > part.after AND result.step <= part.until
    )
    INSERT INTO step_result (result_key, step, values, diverged)
    SELECT ${resultKey}::text, step, values, diverged FROM found
    WHERE NOT EXISTS (SELECT 1 FROM found AS earlier WHERE earlier.diverged AND earlier.step < found.step)
    ORDER BY step
    ON CONFLICT (result_key, step) DO NOTHING`;
}

const checkpointsSchema = z.array(z.object({ step: z.int(), file: z.string(), bytes: z.int(), sha256: z.string() }));

/**
 * The recorded checkpoints of the trainings that another one begins with, each up to its last step in common and `atMost`: one for each
 * step, of the last training that has it. Their files stay where they are.
 */
export async function inheritedCheckpoints(
  tx: Connection,
  inherited: readonly InheritedSteps[],
  atMost: number,
): Promise<StepCheckpointFile[]> {
  return checkpointsSchema.parse(
    await tx.$queryRaw`
      SELECT DISTINCT ON (checkpoint.step) checkpoint.step, checkpoint.file, checkpoint.bytes, checkpoint.sha256
      FROM ${parts(inherited)} JOIN step_checkpoint AS checkpoint
        ON checkpoint.result_key = part.result_key AND checkpoint.step <= part.until AND checkpoint.step <= ${atMost}::int
      ORDER BY checkpoint.step, part.until DESC`,
  );
}
