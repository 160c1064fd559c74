import { z } from 'zod';
import type { Readings } from '../../metrics/readings.ts';
import type { Database } from '../database/database.ts';
import { liveRunners } from '../runners/registration.ts';

const rowSchema = z.object({
  studies: z.array(z.object({ project: z.string(), state: z.string(), count: z.number() })),
  sums: z.array(
    z.object({
      project: z.string(),
      completed: z.number(),
      pruned: z.number(),
      failed: z.number(),
      cancelled: z.number(),
      done: z.number(),
      trained: z.number(),
    }),
  ),
  open: z.array(z.object({ project: z.string(), state: z.string(), count: z.number() })),
  waiting: z.array(z.object({ project: z.string(), seconds: z.number() })),
  webhooks: z.array(z.object({ project: z.string(), state: z.string(), count: z.number() })),
  deliveries: z.array(z.object({ project: z.string(), count: z.number() })),
});

/**
 * Reads the figures of an operator in one statement: open trials by their index, the others from the counters of their studies, so that
 * it costs as much with millions of trials as with few. Trials that ended since their study's last step are missing.
 */
export async function readReadings(database: Database, seenWithinSeconds: number): Promise<Readings> {
  const [row] = await database.$queryRaw<unknown[]>`
    WITH open AS (
      SELECT trial.project, trial.state, count(*)::int AS count,
        max(CASE WHEN trial.state = 'queued' AND study.state = 'active' THEN extract(epoch FROM clock_timestamp() - trial.queued_at) END) AS seconds
      FROM (SELECT * FROM trial WHERE state = 'queued' UNION ALL SELECT * FROM trial WHERE state = 'running') AS trial
      JOIN study ON study.id = trial.study_id
      GROUP BY trial.project, trial.state
    )
    SELECT
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('project', project, 'state', state, 'count', count)), '[]') FROM open) AS open,
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('project', project, 'seconds', seconds)), '[]') FROM open WHERE seconds IS NOT NULL) AS waiting,
      (SELECT COALESCE(jsonb_agg(to_jsonb(one)), '[]') FROM (
        SELECT project, state, count(*)::int AS count FROM study GROUP BY project, state
      ) AS one) AS studies,
      (SELECT COALESCE(jsonb_agg(to_jsonb(one)), '[]') FROM (
        SELECT project, sum(counted_completed) AS completed, sum(counted_pruned) AS pruned, sum(counted_failed) AS failed,
          sum(counted_cancelled) AS cancelled, sum(counted_steps_done) AS done, sum(counted_steps_trained) AS trained
        FROM study GROUP BY project
      ) AS one) AS sums,
      (SELECT COALESCE(jsonb_agg(to_jsonb(one)), '[]') FROM (
        SELECT project, state, count(*)::int AS count FROM webhook WHERE state <> 'deleted' GROUP BY project, state
      ) AS one) AS webhooks,
      (SELECT COALESCE(jsonb_agg(to_jsonb(one)), '[]') FROM (
        SELECT webhook.project, count(*)::int AS count FROM webhook_delivery JOIN webhook ON webhook.id = webhook_id
        WHERE webhook_delivery.state = 'pending' AND webhook.state <> 'deleted' GROUP BY webhook.project
      ) AS one) AS deliveries`;
  const { studies, sums, open, waiting, webhooks, deliveries } = rowSchema.parse(row);
  return {
    studies,
    waiting,
    webhooks,
    deliveries,
    trials: [
      ...open,
      ...sums.flatMap(({ project, completed, pruned, failed, cancelled }) =>
        Object.entries({ completed, pruned, failed, cancelled }).map(([state, count]) => ({ project, state, count })),
      ),
    ],
    steps: sums.map(({ project, done, trained }) => ({ project, trained, reused: Math.max(done - trained, 0) })),
    runners: (await liveRunners(database, seenWithinSeconds)).length,
  };
}
