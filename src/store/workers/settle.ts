import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { canonicalText } from '../../shared/digest.ts';
import { trialStateSchema } from '../../studies/model/states.ts';
import type { Lease } from '../../studies/ports/queue.ts';
import type { SettledTrial, Standing, WorkerResult } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { reportedCheckpoint, resumedStep } from './hand-out.ts';
import { answered, type PresentedTrial, readPresented, standingOf } from './standing.ts';

/** A result that is ready to be stored. */
export interface Completion extends Pick<WorkerResult, 'checkpoint' | 'attributes' | 'links'> {
  readonly lease: Lease;
  readonly values: Values;
  /** The last step, at which the attempt resumed, if it had nothing left to report; null: it reported, or delivers values of its own. */
  readonly resumedAt: number | null;
  /** Value of the study's metric. */
  readonly value: number | null;
  /** The value, oriented so that more is better. */
  readonly score: number | null;
  /** Of a study with constraints. */
  readonly violation?: number;
  /** Of a study with several metrics. */
  readonly metricValues?: readonly number[];
}

export type Settlement = ({ readonly kind: 'settled' } & SettledTrial) | Standing;

const settledSchema = z
  .object({ id: z.uuid(), study_id: z.uuid(), number: z.number(), state: trialStateSchema, value: z.number().nullable() })
  .transform(({ id, study_id: studyId, ...rest }) => ({ kind: 'settled' as const, trialId: id, studyId, ...rest }));

const settledTrials = z.array(settledSchema);

/**
 * Completes trials whose results arrived together. A trial that is open is settled by any token that it was given out under: its
 * result is then that attempt's. @returns one answer for each, in order
 */
export async function completeTrials(database: DirectDatabase, completions: readonly Completion[]): Promise<Settlement[]> {
  const rows = completions.map(({ lease: { trialId: id, token }, ...result }) => ({ id, token, ...result }));
  const text = completeText({ someResumed: completions.some(({ resumedAt }) => resumedAt !== null) });
  const settled = settledTrials.parse(await database.rows({ text, values: [JSON.stringify(rows)] }));
  const byId = new Map(settled.map((trial) => [trial.trialId, trial]));
  return answered<Completion, Settlement>(database, completions, {
    found: ({ lease }) => byId.get(lease.trialId),
    otherwise: ({ values }, trial) => settledBefore(trial, (stored) => canonicalText(stored) === canonicalText(values)),
  });
}

/** A repeated result is settled again; any other one finds the trial settled. */
function settledBefore(trial: PresentedTrial | null, isEqual: (values: unknown) => boolean): Settlement {
  if (!trial?.settled_by_token || trial.state !== 'completed' || !isEqual(trial.values)) return standingOf(trial);
  return asSettled(trial);
}

function asSettled({ id: trialId, study_id: studyId, number, state, value }: PresentedTrial): Settlement {
  return { kind: 'settled', trialId, studyId, number, state, value };
}

/** The answer to a completion that has no values: the trial as it is; null if it needs them. */
export async function withoutValues(database: DirectDatabase, lease: Lease): Promise<Settlement | null> {
  const [trial = null] = await readPresented(database, [lease]);
  const isOpen = trial?.known === true && (trial.state === 'queued' || trial.state === 'running');
  return isOpen ? null : settledBefore(trial, () => true);
}

/** Steps of a trial whose search says how many it takes, beyond the checkpoint that it resumes from; null for other trials. */
const newSteps = `CASE WHEN trial.payload ? 'steps' THEN (trial.payload ->> 'steps')::int - ${resumedStep} END`;

/** The checkpoint at which an attempt resumed becomes its report, unless it has one by now. */
const resumedText = `, resumed AS (
    INSERT INTO measurement (trial_id, attempt, step, values, checkpoint)
    SELECT held.id, held.attempt, given."resumedAt", given.values, given.checkpoint
    FROM held JOIN given USING (id)
    WHERE given."resumedAt" IS NOT NULL
      AND NOT EXISTS (SELECT FROM measurement WHERE measurement.trial_id = held.id AND measurement.attempt = held.attempt)
  )`;

/**
 * Locks the trials by study and number. Each is found by its id: as a join the planner may read all open trials, which may be thousands
 * that are enqueued.
 *
 * @param someResumed whether there are results with `resumedAt`: no other writes a measurement, or fires what follows one
 */
const completeText = ({ someResumed }: { readonly someResumed: boolean }): string => `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, token uuid, value double precision, score double precision, violation double precision, "metricValues" jsonb, values jsonb, "resumedAt" int,
      checkpoint text, attributes jsonb, links jsonb)
  ), held AS (
    SELECT trial.id, trial.number, trial.state, trial.lease_token, (
      SELECT max(place) FROM generate_subscripts(trial.tokens, 1) AS place WHERE trial.tokens[place] = ordered.token
    ) AS attempt
    FROM (
      SELECT given.id, given.token
      FROM given CROSS JOIN LATERAL (SELECT study_id, number FROM trial WHERE trial.id = given.id OFFSET 0) AS place
      ORDER BY place.study_id, place.number
    ) AS ordered CROSS JOIN LATERAL (
      SELECT id, number, state, lease_token, tokens FROM trial
      WHERE trial.id = ordered.id AND state IN ('queued', 'running') AND ordered.token = ANY (tokens)
      FOR NO KEY UPDATE
    ) AS trial
  ), measured AS (
    SELECT held.id, held.attempt, held.state, held.lease_token, COALESCE(
      (SELECT max(step) FROM measurement WHERE trial_id = held.id AND measurement.attempt = held.attempt),
      (${reportedCheckpoint('held', 'attempt < held.attempt')} ->> 'step')::int,
      1
    ) AS steps
    FROM held
  )${someResumed ? resumedText : ''}, late AS (
    INSERT INTO trial_incident (trial_id, kind, step, detail)
    SELECT measured.id, 'late-result', measured.steps, 'the result came after its lease had ended; ' ||
      CASE measured.state WHEN 'running' THEN 'another worker had the trial' ELSE 'the trial waited for another worker' END
    FROM measured JOIN given USING (id)
    WHERE measured.lease_token IS DISTINCT FROM given.token
    ON CONFLICT DO NOTHING
  )
  UPDATE trial
  SET state = 'completed', value = given.value, score = given.score, violation = given.violation, metric_values = given."metricValues", values = given.values, diverged = false, error = NULL,
    finished_at = clock_timestamp(), settled_token = given.token, settled_attempt = measured.attempt,
    lease_token = NULL, lease_until = NULL, lease_runner = NULL, source = 'trained', reuse = NULL,
    steps_done = COALESCE((trial.payload ->> 'steps')::int, measured.steps), steps_trained = GREATEST(steps_trained, ${newSteps}, 1),
    checkpoint = given.checkpoint, attributes = given.attributes, links = given.links
  FROM measured JOIN given USING (id)
  WHERE trial.id = measured.id
  RETURNING trial.id, trial.study_id, trial.number, trial.state, trial.value`;

/** Ends an attempt that failed, as `WorkerTrials.fail` says. */
export async function failWorkerTrial(
  database: DirectDatabase,
  lease: Lease,
  { error, retry }: { readonly error: string; readonly retry: boolean },
): Promise<Settlement> {
  const stored = JSON.stringify({ code: retry ? 'worker-failed' : 'worker-refused', message: error });
  const rows = await database.rows({
    text: `
      WITH held AS (
        SELECT trial.id, NOT $4 OR NOT COALESCE(study.spec -> 'retries' -> 'on' ? 'error', true)
          OR trial.failures + 1 >= (study.spec -> 'retries' ->> 'maxAttempts')::int AS final
        FROM trial JOIN study ON study.id = trial.study_id
        WHERE trial.id = $1::uuid AND trial.lease_token = $2::uuid AND trial.state = 'running'
        FOR NO KEY UPDATE OF trial
      )
      UPDATE trial
      SET state = CASE WHEN final THEN 'failed' ELSE 'queued' END, failures = failures + 1, error = $3::jsonb,
        finished_at = CASE WHEN final THEN clock_timestamp() END, settled_token = $2::uuid,
        lease_token = NULL, lease_until = NULL, lease_runner = NULL
      FROM held WHERE trial.id = held.id
      RETURNING trial.id, trial.study_id, trial.number, trial.state, NULL::double precision AS value`,
    values: [lease.trialId, lease.token, stored, retry],
  });
  return settledOrStanding(database, lease, rows);
}

/** Returns a trial to the queue, uncharged. */
export async function releaseWorkerTrial(database: DirectDatabase, lease: Lease): Promise<Settlement> {
  const rows = await database.rows({
    text: `
      UPDATE trial SET state = 'queued', settled_token = $2::uuid, lease_token = NULL, lease_until = NULL, lease_runner = NULL
      WHERE id = $1::uuid AND lease_token = $2::uuid AND state = 'running'
      RETURNING id, study_id, number, state, NULL::double precision AS value`,
    values: [lease.trialId, lease.token],
  });
  return settledOrStanding(database, lease, rows);
}

/** A call that is repeated because its answer was lost finds its own token as the last that ended an attempt. */
async function settledOrStanding(database: DirectDatabase, lease: Lease, rows: readonly unknown[]): Promise<Settlement> {
  const [settled] = settledTrials.parse(rows);
  if (settled) return settled;
  const [trial = null] = await readPresented(database, [lease]);
  return trial?.settled_by_token && trial.state !== 'completed' ? asSettled({ ...trial, value: null }) : standingOf(trial);
}
