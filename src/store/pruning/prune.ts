import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { metricValueOf } from '../../studies/definition/ranking.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import type { JudgedTrial } from './judge.ts';

/** A trial that was stopped early. */
export interface Pruned {
  readonly studyId: string;
  readonly value: number | null;
}

/**
 * Stops an open trial after a step that is measured for it, in the caller's transaction, which has locked the trial. Its result is that step;
 * measurements of later steps, which a known training may have, are no part of it.
 */
export async function pruneTrial(
  read: ReadRows,
  { trialId, token }: Lease,
  { trial, step, values }: { readonly trial: JudgedTrial; readonly step: number; readonly values: Values },
): Promise<Pruned> {
  const value = metricValueOf({ metrics: [trial.metric] }, values);
  const rows = await read(Prisma.sql`
    UPDATE trial
    SET state = 'pruned', value = ${value}::double precision, score = NULL, violation = NULL, metric_values = NULL, values = ${JSON.stringify(values)}::jsonb,
        diverged = false, error = NULL, finished_at = clock_timestamp(), settled_token = ${token}::uuid, steps_done = ${step}::int,
        settled_attempt = CASE WHEN lease_seconds IS NULL THEN settled_attempt ELSE attempts END,
        lease_token = NULL, lease_until = NULL, lease_runner = NULL,
        source = CASE WHEN steps_trained > 0 THEN 'trained' ELSE 'reused' END,
        reuse = CASE
          WHEN steps_trained > 0 THEN NULL
          WHEN EXISTS (
            SELECT 1 FROM trial AS twin
            WHERE twin.result_key = trial.result_key AND twin.state IN ('completed', 'pruned') AND twin.steps_wanted = trial.steps_wanted
          ) THEN 'equal'
          ELSE 'longer'
        END
    WHERE id = ${trialId}::uuid AND state IN ('queued', 'running')
    RETURNING study_id AS "studyId"`);
  const [stopped] = z.tuple([z.object({ studyId: z.uuid() })]).parse(rows);
  await read(Prisma.sql`
    DELETE FROM measurement USING trial
    WHERE measurement.trial_id = trial.id AND trial.id = ${trialId}::uuid AND measurement.attempt = trial.attempts AND measurement.step > ${step}::int`);
  return { ...stopped, value };
}
