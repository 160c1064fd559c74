import pg from 'pg';
import { z } from 'zod';
import type { Lease } from '../../studies/ports/queue.ts';
import type { Held, Report, Standing } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { resumedStep } from './hand-out.ts';
import { answered, standingOf } from './standing.ts';

const renewedSchema = z.array(z.object({ id: z.uuid(), token: z.uuid(), lease_until: z.date() }));

/**
 * Renews leases that arrived together, each by its own time but not beyond its stall limit. One whose limit has passed is lost.
 *
 * @returns one answer for each, in order
 */
export async function renewWorkerLeases(database: DirectDatabase, leases: readonly Lease[]): Promise<(Held | Standing)[]> {
  const rows = await database.rows({
    text: `
      WITH held AS (
        SELECT trial.id FROM unnest($1::uuid[], $2::uuid[]) AS lease (trial_id, token)
        JOIN trial ON trial.id = lease.trial_id AND trial.lease_token = lease.token AND trial.state = 'running' AND trial.lease_seconds IS NOT NULL
        ORDER BY trial.study_id, trial.number
        FOR NO KEY UPDATE OF trial
      )
      UPDATE trial SET lease_until = LEAST(
        clock_timestamp() + make_interval(secs => lease_seconds), progress_at + make_interval(secs => stall_seconds)
      )
      FROM held
      WHERE trial.id = held.id AND (stall_seconds IS NULL OR progress_at + make_interval(secs => stall_seconds) > clock_timestamp())
      RETURNING trial.id, trial.lease_token AS token, trial.lease_until`,
    values: [leases.map(({ trialId }) => trialId), leases.map(({ token }) => token)],
  });
  const renewed = new Map(renewedSchema.parse(rows).map((row) => [row.id, row]));
  const found = ({ lease }: { readonly lease: Lease }): Held | Standing | undefined => {
    const row = renewed.get(lease.trialId);
    return row?.token === lease.token ? { kind: 'held', leaseUntil: row.lease_until } : undefined;
  };
  return answered(
    database,
    leases.map((lease) => ({ lease })),
    { found, otherwise: (_, trial) => standingOf(trial) },
  );
}

/** Takes the tokens of ended leases off their trials, which wait for others: a request with such a token may then get another trial. */
export async function freeTokens(database: DirectDatabase, leases: readonly Lease[]): Promise<void> {
  await database.rows({
    text: `UPDATE trial SET lease_token = gen_random_uuid() WHERE lease_token = ANY ($1::uuid[]) AND state = 'running' AND lease_until <= clock_timestamp()`,
    values: [leases.map(({ token }) => token)],
  });
}

/** Reports of one holder. */
export interface Reports {
  readonly lease: Lease;
  readonly reports: readonly Report[];
}

const reportedSchema = z.array(z.object({ id: z.uuid(), lease_until: z.date().nullable(), contradicted: z.number().nullable() }));

/** The answer to the reports of one holder. */
export type ReportAnswer = Held | Standing | { readonly kind: 'contradiction'; readonly step: number };

/**
 * Stores reports that arrived together, at most one holder of each trial: those of each holder all or none. A step that its attempt has
 * already keeps its values; if the new ones differ, nothing of that holder is stored.
 *
 * @returns one answer for each, in order
 * @throws an error that `isContradiction` knows, if another process stored other values while the statement waited for the trial: it finds them
 *   when it runs again
 */
export async function storeReports(database: Pick<DirectDatabase, 'rows'>, given: readonly Reports[]): Promise<ReportAnswer[]> {
  const reported = given.flatMap(({ lease, reports }) => reports.map((report) => ({ id: lease.trialId, token: lease.token, ...report })));
  const rows = await database.rows({ text: reportText, values: [JSON.stringify(reported)] });
  const stored = new Map(reportedSchema.parse(rows).map((row) => [row.id, row]));
  const found = ({ lease }: Reports): ReportAnswer | undefined => {
    const row = stored.get(lease.trialId);
    if (row?.contradicted != null) return { kind: 'contradiction', step: row.contradicted };
    return row?.lease_until ? { kind: 'held', leaseUntil: row.lease_until } : undefined;
  };
  return answered(database, given, { found, otherwise: (_, trial) => standingOf(trial) });
}

/** `reportText` writes null, which the column refuses, over a measurement that appeared while it ran and has other values. */
export function isContradiction(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23502' && error.table === 'measurement' && error.column === 'values';
}

/** Steps that were done before a report. An attempt whose first report is of a step behind the checkpoint that it got has resumed there. */
const stepsBefore = `CASE WHEN steps_done = 0 AND judged.first > 1 AND ${resumedStep} < judged.first THEN ${resumedStep} ELSE steps_done END`;

const reportText = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, token uuid, step int, values jsonb, checkpoint text)
  ), held AS (
    SELECT trial.id, trial.attempts AS attempt, trial.lease_token AS token
    FROM trial
    WHERE trial.id IN (SELECT id FROM given) AND trial.lease_token IN (SELECT token FROM given) AND trial.state = 'running'
      AND trial.lease_seconds IS NOT NULL
    ORDER BY trial.study_id, trial.number
    FOR NO KEY UPDATE OF trial
  ), judged AS (
    SELECT held.id, held.attempt, held.token, min(given.step) AS first, max(given.step) AS last,
      min(given.step) FILTER (WHERE known.values IS DISTINCT FROM given.values AND known.step IS NOT NULL) AS contradicted
    FROM held JOIN given USING (id, token)
      LEFT JOIN measurement AS known ON known.trial_id = held.id AND known.attempt = held.attempt AND known.step = given.step
    GROUP BY held.id, held.attempt, held.token
  ), stored AS (
    INSERT INTO measurement (trial_id, attempt, step, values, checkpoint)
    SELECT judged.id, judged.attempt, given.step, given.values, given.checkpoint
    FROM judged JOIN given USING (id, token)
    WHERE judged.contradicted IS NULL
    ON CONFLICT (trial_id, attempt, step) DO UPDATE SET checkpoint = COALESCE(excluded.checkpoint, measurement.checkpoint),
      values = CASE WHEN measurement.values = excluded.values THEN measurement.values END
  ), renewed AS (
    UPDATE trial
    SET steps_trained = LEAST(steps_trained::bigint + GREATEST(judged.last - ${stepsBefore}, 0), 2147483647)::int,
      steps_done = GREATEST(steps_done, judged.last),
      lease_expiries = CASE WHEN judged.last > steps_reached THEN 0 ELSE lease_expiries END, steps_reached = GREATEST(steps_reached, judged.last),
      progress_at = clock_timestamp(),
      lease_until = clock_timestamp() + make_interval(secs => LEAST(lease_seconds, stall_seconds))
    FROM judged WHERE trial.id = judged.id AND judged.contradicted IS NULL
    RETURNING trial.id, trial.lease_until
  )
  SELECT judged.id, renewed.lease_until, judged.contradicted FROM judged LEFT JOIN renewed USING (id)`;
