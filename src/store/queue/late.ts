import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { trialStateSchema } from '../../studies/model/states.ts';
import type { TrialIncident } from '../../studies/model/trial.ts';
import type { Lease, Settlement, StepRecord, TrialQueue } from '../../studies/ports/queue.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { judgeKnownSteps, lockJudged } from '../pruning/judge.ts';
import { pruneTrial } from '../pruning/prune.ts';
import { rankedSpecSchema, rankingRule } from '../studies/ranking-metric.ts';
import { completeOpenTrial } from './complete-open-trial.ts';
import { insertEvaluation } from './evaluation.ts';
import { noteIncidents } from './incidents.ts';
import { keepStep } from './kept-steps.ts';

// Deliveries under a token that does not hold its trial (any more): from a runner that was away for longer than its lease, or from
// one whose delivery was stored but whose answer was lost. Training is deterministic, so the work equals any other under its key;
// only the settlement of the trial is a race, decided by the lock of its row.

const lateSchema = z.array(
  z
    .object({
      study_id: z.string(),
      state: trialStateSchema,
      steps_wanted: z.number().nullable(),
      settled_by_token: z.boolean(),
      spec: rankedSpecSchema,
    })
    .transform(({ study_id, steps_wanted, settled_by_token, ...trial }) => ({
      ...trial,
      studyId: study_id,
      stepsWanted: steps_wanted,
      settledByToken: settled_by_token,
    })),
);
type LateTrial = z.output<typeof lateSchema>[number];

const knownSchema = z.array(z.object({ values: valuesSchema, diverged: z.boolean(), known: z.number() }));

/** A step that is known together with all steps before it: it can complete a trial. */
interface LastStep {
  readonly step: number;
  readonly resultKey: string;
  readonly values: z.output<typeof valuesSchema>;
  readonly diverged: boolean;
}

/**
 * Keeps a late step under its key, in the caller's transaction, for any training that continues it. It counts as trained for its
 * trial if that is open and the step is new; nothing else of the trial changes.
 *
 * @returns the settlement by a pruner, if the answer to this very report was lost
 */
export async function keepLateStep(
  tx: Connection,
  lease: Lease,
  record: StepRecord,
  diverged: boolean,
): Promise<Extract<Settlement, { kind: 'settled' }> | null> {
  const trial = await lockTrial(tx, lease);
  await keepCounted(tx, lease, { record, diverged, trial });
  return trial?.state === 'pruned' && trial.settledByToken ? { kind: 'settled', studyId: trial.studyId } : null;
}

/**
 * Keeps a late last step under its key and settles its trial with it, in the caller's transaction, if the trial is open: queued
 * again or trained by another runner. The trial's result is then this training, from its first step on.
 */
export async function completeLate(tx: Connection, lease: Lease, record: StepRecord, diverged: boolean): Promise<Settlement> {
  const trial = await lockTrial(tx, lease);
  const before = settledBefore(trial);
  if (before?.kind === 'settled') return before;
  await keepCounted(tx, lease, { record, diverged, trial });
  if (before || !trial) return before ?? { kind: 'lease-lost' };
  const last = await lastStep(tx, trial, record);
  if (!last) return { kind: 'lease-lost' };
  const incidents = (record.incidents ?? []).map((incident) => ({ ...incident, step: record.step }));
  return settleLate(tx, lease, { trial, last, incidents });
}

/** Settles a trial with a late evaluation, in the caller's transaction, as `completeLate`; its steps must be known. */
export async function completeEvaluatedLate(
  tx: Connection,
  lease: Lease,
  measured: Parameters<TrialQueue['completeEvaluated']>[1],
): Promise<Settlement> {
  const trial = await lockTrial(tx, lease);
  const before = settledBefore(trial);
  if (before || !trial) return before ?? { kind: 'lease-lost' };
  const last = await lastStep(tx, trial, measured);
  if (!last) return { kind: 'lease-lost' };
  await insertEvaluation(tx, lease.trialId, measured.evaluation);
  return settleLate(tx, lease, { trial, last, incidents: [] });
}

/** State of a trial that a token does not hold, as the answer to a delivery that brings no result of its own. */
export async function standingOf(tx: Connection, lease: Lease): Promise<Settlement> {
  return settledBefore(await lockTrial(tx, lease)) ?? { kind: 'lease-lost' };
}

/** Locks the row before anything is stored: the holder of the trial locks its row first too, so that the two cannot deadlock. */
async function lockTrial(tx: Connection, { trialId, token }: Lease): Promise<LateTrial | null> {
  const rows = await tx.$queryRaw`
    SELECT study.id AS study_id, trial.state, trial.steps_wanted, ${rankingRule} AS spec,
      COALESCE(trial.settled_token = ${token}::uuid, false) AS settled_by_token
    FROM trial JOIN study ON study.id = trial.study_id
    WHERE trial.id = ${trialId}::uuid
    FOR NO KEY UPDATE OF trial`;
  return lateSchema.parse(rows)[0] ?? null;
}

/** The answer for a trial that is final or gone; null for one that is open. */
function settledBefore(trial: LateTrial | null): Settlement | null {
  switch (trial?.state) {
    case 'queued':
    case 'running':
      return null;
    case 'completed':
    case 'pruned':
      return trial.settledByToken ? { kind: 'settled', studyId: trial.studyId } : { kind: 'conflict' };
    case 'failed':
      return { kind: 'conflict' };
    case 'cancelled':
    case undefined:
      return { kind: 'lease-lost' };
  }
}

/** Keeps a step; counts it as trained only if it is new: the runner that recorded it first has counted it already. */
async function keepCounted(
  tx: Connection,
  { trialId }: Lease,
  { record, diverged, trial }: { readonly record: StepRecord; readonly diverged: boolean; readonly trial: LateTrial | null },
): Promise<void> {
  const isNews = await keepStep(tx, record, diverged);
  if (!isNews || !trial || settledBefore(trial)) return;
  await tx.$executeRaw`UPDATE trial SET steps_trained = steps_trained + 1 WHERE id = ${trialId}::uuid`;
}

/**
 * Last step of a late result; null if an earlier step is unknown, if it is neither the requested nor a diverged one, or if it has
 * no key: another attempt may then measure other values.
 */
async function lastStep(
  tx: Connection,
  { stepsWanted }: LateTrial,
  { step, resultKey }: Pick<StepRecord, 'step' | 'resultKey'>,
): Promise<LastStep | null> {
  if (resultKey === null) return null;
  const [result] = knownSchema.parse(
    await tx.$queryRaw`
      SELECT result.values, result.diverged,
        (SELECT count(*)::int FROM step_result AS upto WHERE upto.result_key = result.result_key AND upto.step <= result.step) AS known
      FROM step_result AS result
      WHERE result.result_key = ${resultKey} AND result.step = ${step}::int`,
  );
  if (!result || result.known < step) return null;
  const isLast = result.diverged || stepsWanted === null || stepsWanted === step;
  return isLast ? { step, resultKey, values: result.values, diverged: result.diverged } : null;
}

/** Gives the open trial the delivered training, in place of one that a later attempt began, and completes it. */
async function settleLate(
  tx: Connection,
  lease: Lease,
  { trial, last, incidents }: { readonly trial: LateTrial; readonly last: LastStep; readonly incidents: readonly TrialIncident[] },
): Promise<Settlement> {
  const { resultKey } = last;
  // A pruner judges every step that the holder of a lease would have reported.
  const judged = await lockJudged(readsOf(tx), lease.trialId);
  const stopped = judged && (await judgeKnownSteps(readsOf(tx), judged, { resultKey, upTo: last.step }));
  const { step, values, diverged } = stopped ? { ...stopped, diverged: false } : last;
  await tx.$executeRaw`
    UPDATE trial SET result_key = ${resultKey}, steps_done = ${step}::int, steps_reached = GREATEST(steps_reached, ${step}::int)
    WHERE id = ${lease.trialId}::uuid`;
  await tx.$executeRaw`
    DELETE FROM measurement USING trial
    WHERE trial.id = ${lease.trialId}::uuid AND measurement.trial_id = trial.id AND measurement.attempt = trial.attempts AND measurement.step > ${step}::int`;
  await tx.$executeRaw`
    INSERT INTO measurement (trial_id, attempt, step, values)
    SELECT trial.id, trial.attempts, result.step, result.values FROM trial, step_result AS result
    WHERE trial.id = ${lease.trialId}::uuid AND result.result_key = ${resultKey} AND result.step <= ${step}::int
    ON CONFLICT (trial_id, attempt, step) DO UPDATE SET values = excluded.values`;
  const meanwhile = trial.state === 'running' ? 'another runner had taken the trial' : 'the trial waited for another runner';
  const late: TrialIncident = { kind: 'late-result', step, detail: `the result came after its lease had ended; ${meanwhile}` };
  await noteIncidents(tx, lease.trialId, [...incidents, late]);
  if (!judged || !stopped) return completeOpenTrial(tx, lease, { values, diverged, spec: trial.spec });
  const { studyId } = await pruneTrial(readsOf(tx), lease, { trial: judged, step, values });
  return { kind: 'settled', studyId };
}
