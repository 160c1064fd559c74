import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { earlierValuesOf } from '../../samplers/origin.ts';
import { newId } from '../../shared/ids.ts';
import { earlierValuesSchema } from '../../space/earlier-values.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { headAfter } from '../../studies/events/chain.ts';
import type { AskedStep, AskedStudy, HandedTrial, LeaseRequest } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { Prisma } from '../generated/client.ts';
import { mostLeaseExpiries } from '../queue/leases.ts';
import { goesOnWith } from '../studies/continued.ts';
import { countedUpTo } from '../studies/counters.ts';
import { exclusionKeyOf } from '../studies/exclusion.ts';

const resumeSchema = z
  .object({ trialId: z.uuid(), number: z.number(), step: z.number(), values: valuesSchema, checkpoint: z.string() })
  .nullable();
const continuesSchema = z.object({ trialId: z.uuid(), number: z.number() }).nullable();

const handedSchema = z
  .object({
    id: z.uuid(),
    study_id: z.uuid(),
    number: z.number(),
    generation: z.number().nullable(),
    parameters: z.record(z.string(), parameterValueSchema),
    attempts: z.number(),
    lease_token: z.uuid(),
    lease_seconds: z.number(),
    lease_until: z.coerce.date(),
    resume: resumeSchema,
    continues: continuesSchema,
    earlier_values: earlierValuesSchema,
  })
  .transform(
    (row): HandedTrial => ({
      studyId: row.study_id,
      trialId: row.id,
      token: row.lease_token,
      number: row.number,
      generation: row.generation,
      parameters: row.parameters,
      attempt: row.attempts,
      leaseSeconds: row.lease_seconds,
      leaseUntil: row.lease_until,
      resume: row.resume,
      continues: row.continues,
      earlierValues: row.earlier_values,
    }),
  );

const handedTrials = z.array(handedSchema);

/** The last checkpoint of a trial's attempts before one: the latest attempt that reported any counts. @param trial alias of the trial */
export const reportedCheckpoint = (trial: string, attempts: string): string => `(
  SELECT jsonb_build_object('trialId', ${trial}.id, 'number', ${trial}.number, 'step', step, 'values', measurement.values, 'checkpoint', measurement.checkpoint)
  FROM measurement
  WHERE trial_id = ${trial}.id AND ${attempts} AND measurement.checkpoint IS NOT NULL
  ORDER BY attempt DESC, step DESC LIMIT 1
)`;

/** The checkpoint of a settled trial: that of its result, or else the last one that it reported. */
const lastCheckpoint = `
  CASE
    WHEN earlier.checkpoint IS NOT NULL THEN jsonb_build_object(
      'trialId', earlier.id, 'number', earlier.number, 'step', earlier.steps_done, 'values', earlier.values, 'checkpoint', earlier.checkpoint
    )
    ELSE ${reportedCheckpoint('earlier', 'attempt <= earlier.settled_attempt')}
  END`;

/**
 * The trial that one continues, and the checkpoint at which it resumes: that of the trial that it continues, or else, because a worker need not
 * report one, of the last trial before that has one. Each step back is one look-up by number, and a chain has a trial for each rung.
 */
const continuedColumns = {
  continues: `(SELECT jsonb_build_object('trialId', earlier.id, 'number', earlier.number) FROM trial AS earlier WHERE ${goesOnWith('trial', 'earlier')})`,
  resume: `(
    WITH RECURSIVE chain AS (
      SELECT earlier.study_id, earlier.number, earlier.origin, ${lastCheckpoint} AS resume FROM trial AS earlier WHERE ${goesOnWith('trial', 'earlier')}
      UNION ALL
      SELECT earlier.study_id, earlier.number, earlier.origin, ${lastCheckpoint} FROM chain JOIN trial AS earlier ON ${goesOnWith('chain', 'earlier')}
      WHERE chain.resume IS NULL
    )
    SELECT resume FROM chain WHERE resume IS NOT NULL
  )`,
};

/** The checkpoint at which the present attempt of `trial` resumes. */
const resumePoint = `COALESCE(${reportedCheckpoint('trial', 'attempt < trial.attempts')}, ${continuedColumns.resume})`;

/** Its step; 0: it begins anew. */
export const resumedStep = `COALESCE((${resumePoint} ->> 'step')::int, 0)`;

/** Columns of `trial` that `handedFromRows` reads. */
export const handedColumns = `
  trial.id, trial.study_id, trial.number, trial.generation, trial.parameters, trial.attempts, trial.lease_token, trial.lease_seconds, trial.lease_until,
  ${resumePoint} AS resume,
  ${continuedColumns.continues} AS continues, COALESCE(trial.origin -> 'earlierValues', '[]') AS earlier_values`;

/** Reads trials that workers hold. */
export function handedFromRows(rows: readonly unknown[]): HandedTrial[] {
  return handedTrials.parse(rows);
}

/** The stall limit of a study; null: it has none. */
function stallSeconds({ spec: { objective } }: AskedStudy): number | null {
  return 'stallSeconds' in objective ? (objective.stallSeconds ?? null) : null;
}

/**
 * Gives out trials that wait, as `AskStore.handOutWaiting` says. A trial whose leases keep expiring is left to the sweep. Each kind is a
 * range of the index, read and locked only as far as there are requests: thousands may wait.
 */
export async function handOutWaiting(
  database: DirectDatabase,
  study: AskedStudy,
  requests: readonly LeaseRequest[],
): Promise<HandedTrial[]> {
  const rows = await database.rows({
    text: `
      WITH request AS (
        SELECT ordinality AS place, asked.* FROM ROWS FROM (
          jsonb_to_recordset($2::jsonb) AS (token uuid, worker text, "leaseSeconds" double precision)
        ) WITH ORDINALITY AS asked (token, worker, lease_seconds, ordinality)
      ), waiting AS (
        SELECT kind.place, kind.state, trial.id, trial.number
        FROM (VALUES (1, 'running', true), (2, 'queued', true), (3, 'running', false), (4, 'queued', false)) AS kind (place, state, is_given)
        CROSS JOIN LATERAL (
          SELECT id, number FROM trial
          WHERE study_id = $1::uuid AND state = kind.state AND (given IS NOT NULL) = kind.is_given
            AND EXISTS (SELECT 1 FROM study WHERE id = $1::uuid AND state = 'active') AND (
              kind.state = 'queued' OR lease_until < clock_timestamp() AND lease_expiries + 1 < $3
                AND pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => COALESCE(lease_seconds, 0))
            )
          ORDER BY number
          FOR UPDATE SKIP LOCKED
        ) AS trial
        LIMIT (SELECT count(*) FROM request)
      ), taken AS (
        SELECT id, state, row_number() OVER (ORDER BY place, number) AS place FROM waiting
      )
      UPDATE trial
      SET state = 'running', attempts = attempts + 1, started_at = COALESCE(started_at, clock_timestamp()), steps_done = 0,
        lease_expiries = lease_expiries + CASE WHEN taken.state = 'running' THEN 1 ELSE 0 END,
        tokens = tokens || request.token, worker = request.worker,
        lease_token = request.token, lease_runner = NULL, lease_seconds = request.lease_seconds, stall_seconds = $4::double precision,
        progress_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => LEAST(request.lease_seconds, $4::double precision))
      FROM taken JOIN request USING (place)
      WHERE trial.id = taken.id
      RETURNING ${handedColumns}`,
    values: [study.id, JSON.stringify(requests), mostLeaseExpiries, stallSeconds(study)],
  });
  return handedFromRows(rows);
}

const insertedSchema = z.array(
  z.object({
    moved: z.boolean(),
    id: z.uuid().nullable(),
    lease_until: z.date().nullable(),
    resume: resumeSchema,
    continues: continuesSchema,
  }),
);

/**
 * Stores a step of a study in one statement, if the study has not changed: progress, new trials, of which the first ones are given out,
 * checkpoints, events. @returns null if it has changed
 */
export async function storeStep(database: DirectDatabase, study: AskedStudy, step: AskedStep): Promise<HandedTrial[] | null> {
  const { progress, checkpoints, events } = step;
  const head = study.events && headAfter(study.events, events);
  const trials = step.trials.map((trial, index) => ({ id: newId(), trial, request: step.requests[index] ?? null }));
  const rows = await database.rows({
    text: storeText,
    values: [
      study.id,
      JSON.stringify(trials.map(rowOf)),
      stallSeconds(study),
      JSON.stringify(checkpoints),
      JSON.stringify(events),
      JSON.stringify(progress.state),
      progress.observed,
      progress.suggested,
      progress.withValue,
      head?.count ?? null,
      head?.hash ?? null,
      study.version,
      progress.skipped,
    ],
  });
  const stored = insertedSchema.parse(rows);
  if (stored.length === 0) return null;
  const rowOfTrial = new Map(stored.map((row) => [row.id, row]));
  return trials.flatMap(({ id, trial: { number, generation, parameters, origin }, request }) => {
    const row = rowOfTrial.get(id);
    if (!request || !row?.lease_until) return [];
    const { token, leaseSeconds } = request;
    const { lease_until: leaseUntil, resume, continues } = row;
    const made = { studyId: study.id, trialId: id, token, number, generation, parameters, earlierValues: earlierValuesOf(origin) };
    return [{ ...made, attempt: 1, leaseSeconds, leaseUntil, resume, continues }];
  });
}

function rowOf({ id, trial, request }: { id: string; trial: AskedStep['trials'][number]; request: LeaseRequest | null }) {
  const { number, index, generation, parameters, origin, seen, objective, job } = trial;
  const { payload, exclusionKey, steps, evaluate } = job;
  const made = { id, number, index, generation, objective_name: objective.name, objective_version: objective.version, payload };
  return { ...made, exclusion_key: exclusionKey, steps_wanted: steps, evaluate, parameters, origin, seen, ...request };
}

const storeText = `
  WITH moved AS (
    UPDATE study SET version = version + 1, updated_at = clock_timestamp(), sampler_state = $6::jsonb, observed = $7, suggested = $8, skipped = $13, with_value = $9,
      event_count = $10, event_head = $11, ${countedUpTo(Prisma.raw('$7')).text}
    WHERE id = $1::uuid AND version = $12 AND state = 'active'
    RETURNING id, priority, project
  ), inserted AS (
    INSERT INTO trial (id, study_id, project, number, index, generation, priority, objective_name, objective_version, payload, exclusion_key, steps_wanted, evaluate,
      parameters, origin, seen, state, attempts, started_at, worker, tokens, lease_token, lease_seconds, stall_seconds, progress_at, lease_until)
    SELECT made.id, $1::uuid, moved.project, made.number, made.index, made.generation, moved.priority, made.objective_name, made.objective_version, made.payload,
      ${exclusionKeyOf(Prisma.raw('moved.project')).text}, made.steps_wanted, made.evaluate, made.parameters, made.origin, made.seen,
      CASE WHEN made.token IS NULL THEN 'queued' ELSE 'running' END, CASE WHEN made.token IS NULL THEN 0 ELSE 1 END,
      CASE WHEN made.token IS NOT NULL THEN clock_timestamp() END, made.worker,
      CASE WHEN made.token IS NULL THEN '{}'::uuid[] ELSE ARRAY[made.token] END, made.token, made."leaseSeconds",
      CASE WHEN made.token IS NOT NULL THEN $3::double precision END, CASE WHEN made.token IS NOT NULL THEN clock_timestamp() END,
      CASE WHEN made.token IS NOT NULL THEN clock_timestamp() + make_interval(secs => LEAST(made."leaseSeconds", $3::double precision)) END
    FROM jsonb_to_recordset($2::jsonb) AS made (id uuid, number int, index int, generation int, objective_name text, objective_version int, payload jsonb,
      exclusion_key text, steps_wanted int, evaluate boolean, parameters jsonb, origin jsonb, seen jsonb, token uuid, worker text,
      "leaseSeconds" double precision) CROSS JOIN moved
    RETURNING id, lease_until, ${continuedColumns.resume} AS resume, ${continuedColumns.continues} AS continues
  ), checkpointed AS (
    INSERT INTO study_checkpoint (study_id, sequence, generation, trials, state, digest, population)
    SELECT $1::uuid, written.sequence, written.generation, written.trials, written.state, written.digest, written.population
    FROM jsonb_to_recordset($4::jsonb) AS written (sequence int, generation int, trials int, state jsonb, digest text, population jsonb)
    WHERE EXISTS (SELECT 1 FROM moved)
  ), logged AS (
    INSERT INTO study_event (study_id, sequence, type, data, previous, hash)
    SELECT $1::uuid, event.sequence, event.type, event.data, event.previous, event.hash
    FROM jsonb_to_recordset($5::jsonb) AS event (sequence int, type text, data jsonb, previous text, hash text)
    WHERE EXISTS (SELECT 1 FROM moved)
  )
  SELECT true AS moved, inserted.id, inserted.lease_until, inserted.resume, inserted.continues FROM moved LEFT JOIN inserted ON true`;
