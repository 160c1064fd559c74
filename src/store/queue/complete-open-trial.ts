import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { type MeasuredSpec, rankOf } from '../../studies/definition/ranking.ts';
import type { Lease, Settlement } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';

const completedSchema = z.tuple([z.object({ study_id: z.string() })]);

/** Result of an open trial. */
export interface Completion {
  /** Metrics after its last step. */
  readonly values: Values;
  readonly diverged: boolean;
  /** The definition of its study, as far as it ranks results. */
  readonly spec: MeasuredSpec;
}

/**
 * Completes an open trial whose row the caller's transaction has locked, and stores the token that settled it, so that its holder
 * may repeat the call. Any other holder loses the trial.
 *
 * The value is the study's metric; a non-finite one is null. A trial without a trained step reused an equal run (`equal`) if a
 * completed trial asked for exactly as many steps, else a longer one (`longer`).
 */
export async function completeOpenTrial(
  tx: Connection,
  { trialId, token }: Lease,
  { values, diverged, spec }: Completion,
): Promise<Settlement> {
  const { value, score, violation = null, metricValues } = rankOf(spec, { values, diverged });
  const [completed] = completedSchema.parse(
    await tx.$queryRaw`
      UPDATE trial
      SET state = 'completed', value = ${value}::double precision, score = ${score}::double precision,
          violation = ${violation}::double precision, metric_values = ${metricValues ? JSON.stringify(metricValues) : null}::jsonb, values = ${JSON.stringify(values)}::jsonb,
          diverged = ${diverged}, error = NULL, finished_at = clock_timestamp(), settled_token = ${token}::uuid,
          lease_token = NULL, lease_until = NULL, lease_runner = NULL,
          source = CASE WHEN trial.steps_trained > 0 THEN 'trained' ELSE 'reused' END,
          reuse = CASE
            WHEN trial.steps_trained > 0 THEN NULL
            WHEN EXISTS (
              SELECT 1 FROM trial AS twin
              WHERE twin.result_key = trial.result_key AND twin.state = 'completed'
                AND COALESCE(twin.steps_wanted, twin.steps_done) = COALESCE(trial.steps_wanted, trial.steps_done)
            ) THEN 'equal'
            ELSE 'longer'
          END
      WHERE id = ${trialId}::uuid AND state IN ('queued', 'running')
      RETURNING study_id`,
  );
  return { kind: 'settled', studyId: completed.study_id };
}
