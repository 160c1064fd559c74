import { quotaExceeded } from '../../access/quota.ts';
import type { CommitName } from '../../shared/fault-points.ts';
import { newId } from '../../shared/ids.ts';
import { traceparentOf } from '../../shared/trace-point.ts';
import { currentTrace } from '../../shared/work.ts';
import { longestUntickedSeconds } from '../../studies/model/active-time.ts';
import { isEnded } from '../../studies/model/states.ts';
import type { Study, StudyCheckpoint } from '../../studies/model/study.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import type { Ownership, StudyTransaction } from '../../studies/ports/transactions.ts';
import { summaryOf } from '../../studies/search/definition-summary.ts';
import type { QueuedTrial } from '../../studies/search/queued-trials.ts';
import type { ProjectLimits } from '../access/project-limits.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { changeTransaction } from './changes.ts';
import { countedUpTo } from './counters.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { insertEvents } from './event-log.ts';
import { exclusionKeyOf } from './exclusion.ts';
import { importTransaction } from './import-transactions.ts';
import type { KnownFacts } from './known.ts';
import { readFirstOpenIfFull } from './open-trials.ts';
import { jsonFor, resultColumns, resultFromRow } from './rows.ts';
import { readStoredResults } from './stored-results.ts';
import { readStudy } from './study-row.ts';

/** Notes of a transaction for the time after its commit. */
export interface CommitNotes {
  /** Writes that it is about to commit. */
  readonly commits: Set<CommitName>;
  /** Studies for which suggestions are due. */
  readonly due: Set<string>;
}

/** Changes of studies, inside a transaction. */
export function studyTransaction(
  tx: Connection,
  { definitions, history, results, given, limits }: KnownFacts,
  notes: CommitNotes,
  ownership: Ownership,
): Omit<StudyTransaction, 'owner'> {
  const readResults = (studyId: string, from: number, to: number) => resultsFrom(tx, studyId, from, to);
  return {
    ...importTransaction(tx),
    ...changeTransaction(tx),
    noteCommit: (what) => void notes.commits.add(what),
    suggestionsDue: (studyId) => void notes.due.add(studyId),
    storedResults: (studyId, from, end) => readStoredResults(tx, studyId, from, end),
    insertEvents: (studyId, events) => insertEvents(tx, studyId, events),
    insertStudy: (study) => insertStudy(tx, study, ownership),
    keepRequest: (request) => keepRequest(tx, request),
    insertTrials: (studyId, trials, priority) => insertTrials(tx, studyId, trials, priority),
    insertCheckpoints: (studyId, checkpoints) => insertCheckpoints(tx, studyId, checkpoints),
    lockStudy: (studyId) => lockStudy(tx, studyId, definitions),
    spentQuota: (studyId) => spentQuota(tx, studyId, limits),
    countCheckpoints: (studyId) => tx.studyCheckpoint.count({ where: { studyId } }),
    resultsFrom: (studyId, from, end) =>
      end === undefined ? resultsFrom(tx, studyId, from) : results.between(readResults, studyId, { from, end }),
    resultsIfFull: async (studyId, number, open) => {
      const first = await readFirstOpenIfFull(tx, studyId, { observed: number, most: open });
      if (first === null) return null;
      const ahead = await results.between(readResults, studyId, { from: number, end: first + 1 });
      return [...ahead, ...(await failedBehind(tx, studyId, first))];
    },
    observationsBefore: (studyId, number) => history.before(readResults, studyId, number),
    givenConfigurations: (studyId, count) => given.first((query) => tx.$queryRaw(query), studyId, count),
    updateStudy: (studyId, change) => updateStudy(tx, studyId, change),
    cancelOpenTrials: (studyId) => cancelOpenTrials(tx, studyId),
    deleteStudy: async (studyId) => {
      await tx.study.delete({ where: { id: studyId } });
    },
  };
}

/** The definition may have thousands of given trials: it comes as text, which the client of the database does not look into. */
async function insertStudy(
  tx: Connection,
  { id, spec, definition, progress, objectiveVersion, campaign, forkedFrom, changes }: Parameters<StudyTransaction['insertStudy']>[0],
  ownership: Ownership,
): Promise<void> {
  const { version, state, observed, suggested, skipped, known, enqueued, withValue } = progress;
  await tx.$executeRaw`
    INSERT INTO study (id, name, spec, state, sampler_version, objective_name, objective_version, definition_version, definition_digest,
      summary, labels, sampler_state, observed, suggested, skipped, known, enqueued, with_value, forked_from, changes,
      campaign_id, part_kind, part_name, project, created_by, trace)
    VALUES (${id}::uuid, ${spec.name}, ${JSON.stringify(definition.content)}::jsonb, 'active', ${version}::int, ${spec.objective.type},
      ${objectiveVersion}::int, ${definition.version}::int, ${definition.digest}, ${JSON.stringify(summaryOf(spec))}::jsonb,
      ${JSON.stringify(spec.labels)}::jsonb, ${JSON.stringify(state)}::jsonb, ${observed}::int, ${suggested}::int, ${skipped}::int,
      ${known}::int, ${enqueued}::int, ${withValue}::int, ${textOrNull(forkedFrom)}::jsonb, ${textOrNull(changes)}::jsonb,
      ${campaign?.campaignId ?? null}::uuid, ${campaign?.kind ?? null}, ${campaign?.name ?? null},
      COALESCE((SELECT project FROM campaign WHERE id = ${campaign?.campaignId ?? null}::uuid), ${ownership.project}),
      CASE WHEN ${campaign === null} THEN ${ownership.createdBy}::uuid
        ELSE (SELECT created_by FROM campaign WHERE id = ${campaign?.campaignId ?? null}::uuid) END,
      ${traceHere()})`;
}

/** A new study belongs to the trace of the work that makes it: of a request, or of the study whose end it follows. */
function traceHere(): string | null {
  const point = currentTrace();
  return point && traceparentOf(point);
}

/** JSON for a column that may be null. */
function textOrNull(value: object | null | undefined): string | null {
  return value ? JSON.stringify(value) : null;
}

/** Replaces a request that is older than a day; a younger one keeps its key. */
async function keepRequest(
  tx: Connection,
  { caller, route, key, body, resource }: Parameters<StudyTransaction['keepRequest']>[0],
): Promise<void> {
  const kept = await tx.$executeRaw`
    INSERT INTO created_request (caller, route, key, body, resource) VALUES (${caller}, ${route}, ${key}, ${body}, ${resource}::uuid)
    ON CONFLICT (caller, route, key) DO UPDATE SET body = excluded.body, resource = excluded.resource, created_at = clock_timestamp()
    WHERE created_request.created_at < clock_timestamp() - interval '1 day'`;
  if (kept === 0) throw new Error(`the key of ${route} has created something at the same time`);
}

/** One statement for any number of rows, which come as one JSON text. Trials are of their study's project. */
async function insertTrials(tx: Connection, studyId: string, trials: readonly QueuedTrial[], priority = 0): Promise<void> {
  if (trials.length === 0) return;
  const rows = trials.map(({ id = newId(), number, index, given = null, generation, parameters, origin, seen = null, objective, job }) => ({
    id,
    number,
    index,
    given,
    generation,
    parameters,
    origin,
    seen,
    objective_name: objective.name,
    objective_version: objective.version,
    payload: job.payload,
    exclusion_key: job.exclusionKey,
    steps_wanted: job.steps,
    evaluate: job.evaluate,
  }));
  await tx.$executeRaw`
    INSERT INTO trial (id, study_id, project, priority, number, index, given, generation, parameters, origin, seen, objective_name,
      objective_version, payload, exclusion_key, steps_wanted, evaluate)
    SELECT id, ${studyId}::uuid, own.project, ${priority}::int, number, index, given, generation,
      parameters, origin, seen, objective_name, objective_version, payload, ${exclusionKeyOf(Prisma.sql`own.project`)}, steps_wanted, evaluate
    FROM (SELECT project FROM study WHERE id = ${studyId}::uuid) AS own
    CROSS JOIN jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS trial (id uuid, number int, index int, given text, generation int,
      parameters jsonb, origin jsonb, seen jsonb, objective_name text, objective_version int, payload jsonb, exclusion_key text,
      steps_wanted int, evaluate boolean)`;
}

async function spentQuota(tx: Connection, studyId: string, limits: ProjectLimits): ReturnType<StudyTransaction['spentQuota']> {
  const all = await limits.now(readsOf(tx));
  if (![...all.values()].some(({ spent }) => spent)) return null;
  const study = await tx.study.findUnique({ where: { id: studyId }, select: { project: true } });
  const spent = study && all.get(study.project)?.spent;
  return spent ? quotaExceeded(spent) : null;
}

async function insertCheckpoints(tx: Connection, studyId: string, checkpoints: readonly StudyCheckpoint[]): Promise<void> {
  if (checkpoints.length === 0) return;
  const data = checkpoints.map(({ state, population, ...rest }) => ({
    studyId,
    ...rest,
    state: jsonFor(state),
    population: jsonFor(population),
  }));
  await tx.studyCheckpoint.createMany({ data });
}

async function resultsFrom(tx: Connection, studyId: string, from: number, to?: number): Promise<TrialResult[]> {
  const number = { gte: from, ...(to !== undefined && { lt: to }) };
  const rows = await tx.trial.findMany({ where: { studyId, number }, orderBy: { number: 'asc' }, select: resultColumns });
  return rows.map(resultFromRow);
}

async function failedBehind(tx: Connection, studyId: string, number: number): Promise<TrialResult[]> {
  const where = { studyId, state: 'failed', number: { gt: number } };
  return (await tx.trial.findMany({ where, orderBy: { number: 'asc' }, select: resultColumns })).map(resultFromRow);
}

/** `FOR NO KEY UPDATE`: keeps other changes of the study out, but not the foreign-key checks of its trials. */
async function lockStudy(tx: Connection, studyId: string, definitions: DefinitionCache): Promise<Study | null> {
  await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${studyId}::uuid FOR NO KEY UPDATE`;
  return readStudy(tx, studyId, definitions);
}

/**
 * Fields that are not in the change keep their values. A change of state counts the active time since the last tick, and a resumed
 * study begins a new stretch. Nothing is counted for a study that the same transaction inserted.
 */
async function updateStudy(
  tx: Connection,
  studyId: string,
  { state, outcome, progress }: Parameters<StudyTransaction['updateStudy']>[1],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE study
    SET version = version + 1,
        updated_at = clock_timestamp(),
        state = COALESCE(${state ?? null}, state),
        ended_at = CASE WHEN ${state !== undefined && isEnded(state)} THEN clock_timestamp() ELSE ended_at END,
        elapsed_seconds = elapsed_seconds + CASE
          WHEN ${state !== undefined} AND state = 'active' AND created_at < date_trunc('milliseconds', now())
            AND clock_timestamp() - ticked_at <= make_interval(secs => ${longestUntickedSeconds}::double precision)
          THEN greatest(extract(epoch FROM clock_timestamp() - ticked_at)::double precision, 0)
          ELSE 0
        END,
        ticked_at = CASE WHEN ${state === undefined} THEN ticked_at WHEN ${state === 'active'} THEN clock_timestamp() END,
        active_since = CASE WHEN ${state === undefined} THEN active_since WHEN ${state === 'active'} THEN clock_timestamp() END,
        outcome = COALESCE(${outcome ? JSON.stringify(outcome) : null}::jsonb, outcome),
        sampler_state = COALESCE(${progress ? JSON.stringify(progress.state) : null}::jsonb, sampler_state),
        observed = COALESCE(${progress?.observed ?? null}::int, observed),
        suggested = COALESCE(${progress?.suggested ?? null}::int, suggested),
        skipped = COALESCE(${progress?.skipped ?? null}::int, skipped),
        known = COALESCE(${progress?.known ?? null}::int, known),
        enqueued = COALESCE(${progress?.enqueued ?? null}::int, enqueued),
        with_value = COALESCE(${progress?.withValue ?? null}::int, with_value),
        ${countedUpTo(Prisma.sql`COALESCE(${progress?.observed ?? null}::int, study.observed)`)}
    WHERE id = ${studyId}::uuid`;
}

/** By number: every transaction that locks several trials locks them in this order. */
async function cancelOpenTrials(tx: Connection, studyId: string): Promise<void> {
  await tx.$executeRaw`
    WITH open AS (
      SELECT id FROM trial WHERE study_id = ${studyId}::uuid AND state IN ('queued', 'running') ORDER BY number FOR UPDATE
    )
    UPDATE trial SET state = 'cancelled', finished_at = clock_timestamp(), lease_token = NULL, lease_until = NULL, lease_runner = NULL
    FROM open WHERE trial.id = open.id`;
}
