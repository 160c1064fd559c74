import { z } from 'zod';
import { changesSchema, withChanges } from '../../studies/definition/changes.ts';
import { mostParallelism, samplerOf } from '../../studies/definition/definition.ts';
import type { StoredResult } from '../../studies/events/stored-result.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import type { AskedStudy, HandedTrial } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { Prisma } from '../generated/client.ts';
import { firstOpenIfFull, firstTrial } from '../studies/open-trials.ts';
import { json, metricValuesSchema } from '../studies/raw-rows.ts';
import { definitionRowSchema, resultFromRow } from '../studies/rows.ts';
import { resultsFromRows, storedResultColumns } from '../studies/stored-results.ts';
import { handedColumns, handedFromRows } from './hand-out.ts';
import type { Known } from './known.ts';
import { freeTokens, renewWorkerLeases } from './leases.ts';
import { finalTrials, trialsFrom, unknownTrials } from './unobserved.ts';

/** Most results that are read with a study. */
const resultsAtMost = 50;
/** Most measurements of each of them. */
const measurementsAtMost = 200;

/** The columns that the search reads. */
export const trialResultSchema = z.object({
  number: z.number(),
  index: z.number().nullable(),
  given: z.string().nullable(),
  state: z.string(),
  parameters: json,
  origin: json,
  value: z.number().nullable(),
  violation: z.number().nullable(),
  metricValues: metricValuesSchema,
  stepsDone: z.number(),
  diverged: z.boolean(),
  error: json,
});

const rowSchema = z.object({
  ...definitionRowSchema.shape,
  changes: changesSchema.nullable(),
  project: z.string(),
  state: studyStateSchema,
  version: z.number(),
  objective_version: z.number(),
  sampler_version: z.number(),
  sampler_state: z.unknown(),
  observed: z.number(),
  suggested: z.number(),
  skipped: z.number(),
  known: z.number(),
  enqueued: z.number(),
  with_value: z.number(),
  event_count: z.number().nullable(),
  event_head: z.string().nullable(),
  elapsed_seconds: z.number(),
  checkpoints: z.number(),
  first_open: z.number().nullable(),
  has_waiting: z.boolean(),
  trials: z.array(trialResultSchema),
  results: z.array(z.unknown()),
  held: z.array(z.unknown()),
  ended: z.array(z.uuid()),
});

/**
 * Reads all that a request for trials needs of a study, at one moment and without a lock. The definition and the trials that have
 * ended are sent only if this process does not know them, and trials behind the first open one only if the search may suggest one:
 * thousands may be enqueued.
 */
export async function readAskedStudy(
  database: DirectDatabase,
  { studyId, tokens }: { readonly studyId: string; readonly tokens: readonly string[] },
  { definitions, unobserved, facts: { limits } }: Known,
): Promise<AskedStudy | null> {
  const kept = definitions.get(studyId);
  const ended = unobserved.get(studyId) ?? [];
  const { low, high } = unknownTrials(ended);
  // The results of a generation are observed together: none is read before it is complete.
  const results = kept && samplerOf(kept).learns !== 'generations' ? resultsAtMost : 0;
  const parallelism = kept?.parallelism ?? mostParallelism;
  const [found] = await database.rows({ text: studyText, values: [studyId, kept === undefined, tokens, low, high, results, parallelism] });
  if (found === undefined) return null;
  const row = rowSchema.parse(found);
  const spent = (await limits.now((query) => database.rows(query))).get(row.project)?.spent;
  const definition = kept ?? definitions.keep(studyId, row);
  const { observed, suggested, skipped, known, enqueued, with_value: withValue, first_open: firstOpen } = row;
  const trials = trialsFrom(observed, ended, row.trials.map(resultFromRow));
  unobserved.set(studyId, finalTrials(trials));
  return {
    id: studyId,
    spec: withChanges(definition, row.changes),
    state: row.state,
    version: row.version,
    objectiveVersion: row.objective_version,
    sampler: { version: row.sampler_version, state: row.sampler_state, observed, suggested, skipped, known, enqueued, withValue },
    events: row.event_count === null || row.event_head === null ? null : { count: row.event_count, hash: row.event_head },
    checkpoints: row.checkpoints,
    elapsedSeconds: row.elapsed_seconds,
    spent: spent ? (spent.quota === 'storedBytes' ? 'bytes' : 'trials') : null,
    hasWaiting: row.has_waiting,
    trials: firstOpen === null ? trials : trials.filter(({ number }) => number <= firstOpen),
    isFull: firstOpen !== null,
    results: wholeResults(resultsFromRows(row.results)),
    held: await keptTrials(database, handedFromRows(row.held), new Set(row.ended)),
  };
}

/** The first results, up to one that may have more measurements than were read. */
function wholeResults(results: readonly StoredResult[]): StoredResult[] {
  const cut = results.findIndex(({ measurements }) => measurements.length >= measurementsAtMost);
  return results.slice(0, cut < 0 ? undefined : cut);
}

/**
 * The trials that tokens hold. A lease that ended is renewed, as by a heartbeat, unless its stall limit has passed or another worker has
 * the trial by now.
 */
async function keptTrials(database: DirectDatabase, held: readonly HandedTrial[], ended: ReadonlySet<string>): Promise<HandedTrial[]> {
  const lapsed = held.filter(({ token }) => ended.has(token));
  if (lapsed.length === 0) return [...held];
  const answers = await renewWorkerLeases(database, lapsed);
  const renewed = lapsed.flatMap((trial, index) => {
    const answer = answers[index];
    return answer?.kind === 'held' ? [{ ...trial, leaseUntil: answer.leaseUntil }] : [];
  });
  if (renewed.length < lapsed.length) await freeTokens(database, lapsed);
  return [...held.filter(({ token }) => !ended.has(token)), ...renewed];
}

const study = { id: Prisma.raw('study.id'), observed: Prisma.raw('study.observed'), most: Prisma.raw('parallelism.most') };
const firstQueued = firstTrial(study, Prisma.raw("state = 'queued'")).text;
const firstExpired = firstTrial(study, Prisma.raw("state = 'running' AND lease_until < clock_timestamp()")).text;

const studyText = `
  WITH asked AS (
    SELECT study.*, COALESCE(${firstQueued}, ${firstExpired}) IS NOT NULL AS has_waiting,
      CASE WHEN suggested - skipped + known + enqueued - observed >= parallelism.most THEN ${firstOpenIfFull(study).text} END AS first_open
    FROM study CROSS JOIN LATERAL (SELECT COALESCE((changes ->> 'parallelism')::int, $7::int) AS most) AS parallelism
    WHERE study.id = $1::uuid
  ),
  later AS MATERIALIZED (
    SELECT read.* FROM asked CROSS JOIN unnest($4::int[], $5::int[]) AS unknown (low, high)
    CROSS JOIN LATERAL (
      SELECT * FROM trial WHERE study_id = asked.id AND number >= GREATEST(unknown.low, asked.observed)
        AND number < LEAST(unknown.high, asked.first_open + 1)
      OFFSET 0
    ) AS read
  )
  SELECT CASE WHEN $2 THEN asked.spec END AS spec, asked.changes, asked.project, asked.definition_version AS "definitionVersion",
    asked.definition_digest AS "definitionDigest", asked.state, asked.version, asked.objective_version,
    asked.sampler_version, asked.sampler_state, asked.observed, asked.suggested, asked.skipped, asked.known, asked.enqueued, asked.with_value, asked.event_count, asked.event_head,
    asked.elapsed_seconds, asked.has_waiting, asked.first_open,
    COALESCE((SELECT max(sequence) + 1 FROM study_checkpoint WHERE study_id = asked.id), 0) AS checkpoints,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('number', number, 'index', index, 'given', given, 'state', state, 'parameters', parameters,
        'origin', origin, 'value', value, 'violation', violation, 'metricValues', metric_values, 'stepsDone', steps_done, 'diverged', diverged, 'error', error))
      FROM later
    ), '[]') AS trials,
    COALESCE((
      SELECT jsonb_agg(to_jsonb(result) ORDER BY result.number) FROM (
        SELECT ${storedResultColumns(measurementsAtMost).text} FROM trial
        WHERE trial.study_id = asked.id AND trial.number >= asked.observed AND trial.number < LEAST(
          asked.observed + $6::int, (SELECT min(number) FROM later WHERE state IN ('queued', 'running'))
        )
      ) AS result
    ), '[]') AS results,
    COALESCE((
      SELECT jsonb_agg(to_jsonb(holding)) FROM (SELECT ${handedColumns} FROM trial WHERE trial.lease_token = ANY ($3::uuid[])) AS holding
    ), '[]') AS held,
    ARRAY(SELECT lease_token FROM trial WHERE lease_token = ANY ($3::uuid[]) AND lease_until <= clock_timestamp()) AS ended
  FROM asked`;
