import { z } from 'zod';
import { type Pace, recentTrials } from '../../studies/search/remaining-time.ts';
import { Prisma } from '../generated/client.ts';

/** Reads a row of `paceOfStudy` that came as JSON. */
export const paceSchema = z.object({
  recordedAt: z.coerce.date().nullable(),
  seconds: z.number(),
  stepsTrained: z.number(),
  finishedTrials: z.number(),
  finishedSteps: z.number(),
  openSteps: z.number(),
  stepsWanted: z.number().nullable(),
});

/**
 * Measures the pace of the row `study`, in one row. It reads the latest trials by `trial_study_id_number_key`, the steps of those that
 * run, and the open trials by `trial_study_id_state_number_idx`, so that its cost does not grow with the number of trials.
 */
export const paceOfStudy = Prisma.sql`
  WITH latest AS MATERIALIZED (
    SELECT id, state, attempts, steps_wanted, steps_trained, started_at, finished_at
    FROM trial WHERE study_id = study.id AND state <> 'queued'
    ORDER BY number DESC LIMIT ${Prisma.raw(String(recentTrials))}
  ), recent AS (
    SELECT latest.*, recorded.at AS step_at, latest.started_at >= study.active_since AS in_stretch
    FROM latest
      LEFT JOIN LATERAL (
        SELECT max(recorded_at) AS at FROM measurement WHERE trial_id = latest.id AND attempt = latest.attempts
      ) AS recorded ON latest.state = 'running'
  )
  SELECT max(GREATEST(started_at, step_at, finished_at)) FILTER (WHERE started_at IS NOT NULL) AS "recordedAt",
    COALESCE(extract(epoch FROM
      max(GREATEST(started_at, step_at, finished_at)) FILTER (WHERE in_stretch) - min(started_at) FILTER (WHERE in_stretch)
    ), 0)::float8 AS seconds,
    COALESCE(sum(steps_trained) FILTER (WHERE in_stretch), 0)::float8 AS "stepsTrained",
    count(*) FILTER (WHERE in_stretch AND state <> 'running')::float8 AS "finishedTrials",
    COALESCE(sum(steps_trained) FILTER (WHERE in_stretch AND state <> 'running'), 0)::float8 AS "finishedSteps",
    open.steps AS "openSteps", COALESCE(avg(steps_wanted)::float8, open.wanted) AS "stepsWanted"
  FROM (
    SELECT COALESCE(sum(GREATEST(steps_wanted - steps_done, 0)), 0)::float8 AS steps, avg(steps_wanted)::float8 AS wanted
    FROM trial WHERE study_id = study.id AND state IN ('queued', 'running')
  ) AS open LEFT JOIN recent ON true
  GROUP BY open.steps, open.wanted`;

/** Reads the pace of a study. */
export function paceFromRow({ finishedTrials: trials, finishedSteps, ...pace }: z.output<typeof paceSchema>): Pace {
  return { ...pace, finished: { trials, stepsTrained: finishedSteps } };
}
