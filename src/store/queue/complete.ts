import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { invariant } from '../../shared/errors.ts';
import type { Lease, Settlement, StepRecord, TrialQueue } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { rankedSpecSchema, rankingRule } from '../studies/ranking-metric.ts';
import { type Completion, completeOpenTrial } from './complete-open-trial.ts';
import { insertEvaluation } from './evaluation.ts';
import { completeEvaluatedLate, completeLate, standingOf } from './late.ts';
import { adoptKnown, storeStep } from './steps.ts';

const standingSchema = z.array(
  z.object({
    result_key: z.string().nullable(),
    values: valuesSchema.nullable(),
    diverged: z.boolean().nullable(),
    spec: rankedSpecSchema,
  }),
);

/** Records the last step of a trial and completes the trial with its values, in the caller's transaction. */
export async function completeTrial(tx: Connection, lease: Lease, last: StepRecord, diverged: boolean): Promise<Settlement> {
  const held = await storeStep(tx, lease, last, diverged);
  if (!held) return completeLate(tx, lease, last, diverged);
  return completeOpenTrial(tx, lease, { values: last.values, diverged, spec: held.spec });
}

/**
 * Completes a running trial from known steps of its training, the last of which is the requested or a diverged one, in the caller's
 * transaction. Under an expired lease it settles nothing, because it brings no new step.
 */
export async function completeKnown(tx: Connection, lease: Lease, step: number): Promise<Settlement> {
  if (!(await adoptKnown(tx, lease, step))) return standingOf(tx, lease);
  const completion = await heldCompletion(tx, lease, step);
  invariant(completion, 'a trial whose row is locked keeps its holder');
  return completeOpenTrial(tx, lease, completion);
}

/** Completes a trial whose last step is recorded, with its measurement on the test split, in the caller's transaction. */
export async function completeEvaluated(
  tx: Connection,
  lease: Lease,
  measured: Parameters<TrialQueue['completeEvaluated']>[1],
): Promise<Settlement> {
  const completion = await heldCompletion(tx, lease, measured.step, measured.resultKey);
  if (!completion) return completeEvaluatedLate(tx, lease, measured);
  await insertEvaluation(tx, lease.trialId, measured.evaluation);
  return completeOpenTrial(tx, lease, completion);
}

/** Result of a running trial from a step that is recorded for it, its row locked; null if the token does not hold it. */
async function heldCompletion(tx: Connection, lease: Lease, step: number, resultKey?: string): Promise<Completion | null> {
  const [standing] = standingSchema.parse(
    await tx.$queryRaw`
      SELECT trial.result_key, report.values, result.diverged, ${rankingRule} AS spec
      FROM trial JOIN study ON study.id = trial.study_id
        LEFT JOIN measurement AS report ON report.trial_id = trial.id AND report.attempt = trial.attempts AND report.step = ${step}::int
        LEFT JOIN step_result AS result ON result.result_key = trial.result_key AND result.step = ${step}::int
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running'
      FOR NO KEY UPDATE OF trial`,
  );
  if (!standing) return null;
  const { values, diverged, spec } = standing;
  invariant(values !== null && diverged !== null, `a trial is completed with step ${step}, which is not recorded`);
  invariant(resultKey === undefined || resultKey === standing.result_key, 'a trial is completed with an evaluation of its own training');
  return { values, diverged, spec };
}
