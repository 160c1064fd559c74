import type { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { changesSchema, withChanges } from '../../studies/definition/changes.ts';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import type { AskedStudy, HandedTrial } from '../../studies/ports/workers.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { latestAttempt } from '../studies/measurements.ts';
import { resultFromRow } from '../studies/rows.ts';
import { resultsFromRows } from '../studies/stored-results.ts';
import { handedColumns, handedFromRows } from './hand-out.ts';
import { renewWorkerLeases } from './leases.ts';

/** Stored definitions of studies, by id: they never change. What was changed since is read with each request. */
export type Definitions = LRUCache<string, ResolvedSpec>;

/** The columns that the search reads. */
export const trialResultSchema = z.object({
  number: z.number(),
  state: z.string(),
  parameters: z.json(),
  origin: z.json(),
  value: z.number().nullable(),
  diverged: z.boolean(),
  error: z.json(),
});

const rowSchema = z.object({
  spec: z.unknown(),
  changes: changesSchema.nullable(),
  definition_version: z.literal(definitionVersions),
  state: studyStateSchema,
  version: z.number(),
  objective_version: z.number(),
  sampler_version: z.number(),
  sampler_state: z.unknown(),
  observed: z.number(),
  suggested: z.number(),
  with_value: z.number(),
  event_count: z.number().nullable(),
  event_head: z.string().nullable(),
  elapsed_seconds: z.number(),
  checkpoints: z.number(),
  has_waiting: z.boolean(),
  trials: z.array(trialResultSchema),
  results: z.array(z.unknown()),
  held: z.array(z.unknown()),
  ended: z.array(z.uuid()),
});

/**
 * Reads all that a request for trials needs of a study, at one moment and without a lock. The definition is sent only if this process
 * does not know it.
 */
export async function readAskedStudy(
  database: DirectDatabase,
  { studyId, tokens }: { readonly studyId: string; readonly tokens: readonly string[] },
  definitions: Definitions,
): Promise<AskedStudy | null> {
  const known = definitions.get(studyId);
  const [found] = await database.rows({ text: studyText, values: [studyId, known === undefined, tokens] });
  if (found === undefined) return null;
  const row = rowSchema.parse(found);
  const definition = known ?? readDefinition(row.definition_version, row.spec);
  definitions.set(studyId, definition);
  const { observed, suggested } = row;
  return {
    id: studyId,
    spec: withChanges(definition, row.changes),
    state: row.state,
    version: row.version,
    objectiveVersion: row.objective_version,
    sampler: { version: row.sampler_version, state: row.sampler_state, observed, suggested, withValue: row.with_value },
    events: row.event_count === null || row.event_head === null ? null : { count: row.event_count, hash: row.event_head },
    checkpoints: row.checkpoints,
    elapsedSeconds: row.elapsed_seconds,
    hasWaiting: row.has_waiting,
    trials: row.trials.map(resultFromRow),
    results: resultsFromRows(row.results),
    held: await keptTrials(database, handedFromRows(row.held), new Set(row.ended)),
  };
}

/** The trials that tokens hold. A lease that ended is renewed, as by a heartbeat, unless another worker has the trial by now. */
async function keptTrials(database: DirectDatabase, held: readonly HandedTrial[], ended: ReadonlySet<string>): Promise<HandedTrial[]> {
  const lapsed = held.filter(({ token }) => ended.has(token));
  if (lapsed.length === 0) return [...held];
  const answers = await renewWorkerLeases(database, lapsed);
  const renewed = lapsed.flatMap((trial, index) => {
    const answer = answers[index];
    return answer?.kind === 'held' ? [{ ...trial, leaseUntil: answer.leaseUntil }] : [];
  });
  return [...held.filter(({ token }) => !ended.has(token)), ...renewed];
}

/** The facts of a result are those of `storedResultsQuery`. */
const studyText = `
  WITH asked AS (SELECT * FROM study WHERE id = $1::uuid),
  later AS MATERIALIZED (
    SELECT trial.* FROM asked JOIN trial ON trial.study_id = asked.id AND trial.number >= asked.observed
  ),
  finished AS (
    SELECT trial.* FROM later AS trial
    WHERE trial.number < COALESCE((SELECT min(number) FROM later WHERE state IN ('queued', 'running')), 2147483647)
  )
  SELECT CASE WHEN $2 THEN asked.spec END AS spec, asked.changes, asked.definition_version, asked.state, asked.version, asked.objective_version,
    asked.sampler_version, asked.sampler_state, asked.observed, asked.suggested, asked.with_value, asked.event_count, asked.event_head,
    asked.elapsed_seconds,
    COALESCE((SELECT max(sequence) + 1 FROM study_checkpoint WHERE study_id = asked.id), 0) AS checkpoints,
    EXISTS (SELECT 1 FROM later WHERE state = 'queued' OR state = 'running' AND lease_until < clock_timestamp()) AS has_waiting,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('number', number, 'state', state, 'parameters', parameters, 'origin', origin, 'value', value,
        'diverged', diverged, 'error', error) ORDER BY number)
      FROM later
    ), '[]') AS trials,
    COALESCE((
      SELECT jsonb_agg(jsonb_build_object('number', trial.number, 'state', trial.state, 'value', trial.value, 'values', trial.values,
        'diverged', trial.diverged, 'source', trial.source, 'reuse', trial.reuse,
        'error', CASE WHEN trial.state = 'failed' THEN trial.error ->> 'code' END,
        'measurements', COALESCE((
          SELECT jsonb_agg(jsonb_build_object('step', measured.step, 'values', measured.values) ORDER BY measured.step)
          FROM measurement AS measured WHERE measured.trial_id = trial.id AND measured.attempt = ${latestAttempt.text}
        ), '[]'),
        'evaluation', (SELECT evaluated.evaluation FROM trial_evaluation AS evaluated WHERE evaluated.trial_id = trial.id),
        'incidents', COALESCE((
          SELECT jsonb_agg(jsonb_build_object('kind', incident.kind, 'step', incident.step) ORDER BY incident.kind, incident.step)
          FROM trial_incident AS incident WHERE incident.trial_id = trial.id
        ), '[]')) ORDER BY trial.number)
      FROM finished AS trial
    ), '[]') AS results,
    COALESCE((
      SELECT jsonb_agg(to_jsonb(holding)) FROM (SELECT ${handedColumns} FROM trial WHERE trial.lease_token = ANY ($3::uuid[])) AS holding
    ), '[]') AS held,
    ARRAY(SELECT lease_token FROM trial WHERE lease_token = ANY ($3::uuid[]) AND lease_until <= clock_timestamp()) AS ended
  FROM asked`;
