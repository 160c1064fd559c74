import { z } from 'zod';
import type { BegunTraining, KnownTraining } from '../../studies/ports/continuation.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { judgeKnownSteps, lockJudged } from '../pruning/judge.ts';
import { pruneTrial } from '../pruning/prune.ts';
import { inheritedCheckpoints, inheritSteps } from './inherited-steps.ts';
import { adoptKnown } from './steps.ts';

const resultsSchema = z.array(z.object({ step: z.number(), diverged: z.boolean() }));

/**
 * Stores the key of a running trial and reads the known state of that training, in the caller's transaction: from here on its
 * checkpoints are needed and are not pruned. Steps that an earlier attempt recorded under another key (another library, another
 * processor) do not belong to this training; the known ones of the trainings that it begins with do.
 *
 * @returns null if the token no longer holds the trial
 */
export async function beginTraining(
  tx: Connection,
  lease: Lease,
  { resultKey, inherited = [], steps, environment }: BegunTraining,
): Promise<KnownTraining | null> {
  const held = await tx.$executeRaw`
    UPDATE trial
    SET steps_done = CASE WHEN result_key = ${resultKey} THEN steps_done ELSE 0 END, result_key = ${resultKey}
    WHERE id = ${lease.trialId}::uuid AND lease_token = ${lease.token}::uuid AND state = 'running'`;
  if (held === 0) return null;
  await tx.$executeRaw`
    INSERT INTO training_environment (result_key, environment) VALUES (${resultKey}, ${JSON.stringify(environment)}::jsonb)
    ON CONFLICT (result_key) DO NOTHING`;
  if (inherited.length > 0) await inheritSteps(tx, resultKey, inherited);
  const known = await knownTraining(tx, { resultKey, inherited, steps });
  const stopped = known.steps > 0 ? await stoppedAfter(tx, lease, { resultKey, upTo: known.steps }) : null;
  return stopped ? { ...known, stopped } : known;
}

/** The settlement of a trial whose pruner stops it after a known step; null if it goes on. */
async function stoppedAfter(
  tx: Connection,
  lease: Lease,
  known: Parameters<typeof judgeKnownSteps>[2],
): Promise<NonNullable<KnownTraining['stopped']> | null> {
  const read = readsOf(tx);
  const trial = await lockJudged(read, lease.trialId);
  const last = trial && (await judgeKnownSteps(read, trial, known));
  if (!trial || !last) return null;
  await adoptKnown(tx, lease, last.step);
  const { studyId } = await pruneTrial(read, lease, { trial, ...last });
  return { kind: 'settled', studyId };
}

async function knownTraining(
  tx: Connection,
  { resultKey, inherited, steps: atMost }: Required<Pick<BegunTraining, 'resultKey' | 'inherited' | 'steps'>>,
): Promise<KnownTraining> {
  const known = unbroken(
    resultsSchema.parse(
      await tx.$queryRaw`SELECT step, diverged FROM step_result WHERE result_key = ${resultKey} AND step <= ${atMost}::int ORDER BY step`,
    ),
  );
  const own = await tx.stepCheckpoint.findMany({
    where: { resultKey, step: { lte: known.steps } },
    orderBy: { step: 'desc' },
    select: { step: true, file: true, bytes: true, sha256: true },
  });
  if (inherited.length === 0) return { ...known, checkpoints: own };
  const others = (await inheritedCheckpoints(tx, inherited, known.steps)).filter(({ step }) => own.every((one) => one.step !== step));
  return { ...known, checkpoints: [...own, ...others].sort((one, other) => other.step - one.step) };
}

/** The steps that are known without a gap from the first; none follows one that diverged. */
function unbroken(results: readonly { step: number; diverged: boolean }[]): Pick<KnownTraining, 'steps' | 'diverged'> {
  let steps = 0;
  for (const { step, diverged } of results) {
    if (step !== steps + 1) break;
    steps = step;
    if (diverged) return { steps, diverged: true };
  }
  return { steps, diverged: false };
}
