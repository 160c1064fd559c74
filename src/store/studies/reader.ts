import { z } from 'zod';
import type { Page } from '../../shared/page.ts';
import { hasSeveralMetrics } from '../../studies/definition/definition.ts';
import type { StudyCheckpoint } from '../../studies/model/study.ts';
import { measurementSchema, type Trial } from '../../studies/model/trial.ts';
import type { StudyOverview, StudyReader } from '../../studies/ports/reader.ts';
import type { Connection, ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { readJudgements, readStops } from '../pruning/judgement-rows.ts';
import { reportReads } from '../reports/reader.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { readEvents } from './event-log.ts';
import type { FrontReads } from './fronts.ts';
import { leaderboard } from './leaderboard.ts';
import { listStudies } from './list.ts';
import { latestAttempt } from './measurements.ts';
import { type NumberRange, nextTrials } from './next-trials.ts';
import { readOverviews, readTrialCounts } from './overview.ts';
import { pageOf } from './page-of.ts';
import { rankedRowSchema, withoutAbsent } from './raw-rows.ts';
import { checkpointFromRow, evaluationFromRow, incidentFromRow, trialFromRow } from './rows.ts';
import { readStoredResults } from './stored-results.ts';
import { readStudy } from './study-row.ts';
import { readEnvironments } from './training-environments.ts';
import { verificationReads } from './verification-reader.ts';
import { readWorkerNotes } from './worker-notes.ts';

const rankedBesideRows = z.array(rankedRowSchema.pick({ number: true, violation: true, metricValues: true }));
const measurementRowsSchema = z.array(measurementSchema.extend({ recordedAt: z.date() }));

/** Time for which requests are kept: a day. */
const keptMs = 86_400_000;

/** Reads of studies on PostgreSQL. A page of a list without filters is a range scan of one index; filters can read more rows than they return. */
export function studyReads(
  connection: Connection,
  read: ReadRows,
  { definitions, fronts }: { readonly definitions: DefinitionCache | null; readonly fronts: FrontReads },
): Omit<StudyReader, 'snapshot'> {
  return {
    ...reportReads(connection),
    ...verificationReads(connection),
    study: (id) => readStudy(connection, id, definitions),
    keptRequest: (request) =>
      connection.createdRequest.findFirst({
        where: { ...request, createdAt: { gt: new Date(Date.now() - keptMs) } },
        select: { caller: true, route: true, key: true, body: true, resource: true },
      }),
    studies: (filter) => listStudies(connection, filter),
    overview: async (id) => {
      const overview = await readOverview(read, id, definitions);
      return overview && hasSeveralMetrics(overview.study.spec) ? { ...overview, frontSize: await fronts.size(read, id) } : overview;
    },
    trialCounts: (studyId) => readTrialCounts(read, studyId),
    trials: (filter) => trials(connection, filter),
    leaderboard: async (studyId, limit) => {
      const { trials: leaders, hasScores } = await leaderboard(read, studyId, limit);
      // One statement, but where no trial has a score.
      return hasScores || leaders.length === 0 ? leaders : ((await fronts.leaders(read, studyId, limit)) ?? leaders);
    },
    paretoFront: (studyId, options) => fronts.front(read, studyId, options),
    frontProgress: (studyId, atMost) => fronts.progress(read, studyId, atMost),
    trial: async (id) => {
      const row = await connection.trial.findUnique({ where: { id } });
      return row && trialFromRow(row);
    },
    measurements: async (trialId) => {
      const rows = await connection.$queryRaw`
        SELECT measured.step, measured.values, measured.recorded_at AS "recordedAt"
        FROM trial JOIN measurement AS measured ON measured.trial_id = trial.id AND measured.attempt = ${latestAttempt}
        WHERE trial.id = ${trialId}::uuid ORDER BY measured.step`;
      return measurementRowsSchema.parse(rows);
    },
    workerNotes: (trialId) => readWorkerNotes(connection, trialId),
    rankedBeside: async (studyId, numbers) => {
      // The members of some generations may be more than a statement has parameters.
      const rows = await connection.$queryRaw`
        SELECT number, violation, metric_values AS "metricValues" FROM trial
        WHERE study_id = ${studyId}::uuid AND number = ANY (${[...new Set(numbers)]}::int[])`;
      return rankedBesideRows.parse(rows).map(withoutAbsent);
    },
    checkpoints: (filter) => checkpoints(connection, filter),
    events: (filter) => readEvents(connection, filter),
    storedResults: (studyId, from, end) => readStoredResults(connection, studyId, from, end),
    incidents: async (trialId) => {
      const rows = await connection.trialIncident.findMany({ where: { trialId }, orderBy: [{ step: 'asc' }, { kind: 'asc' }] });
      return rows.map(incidentFromRow);
    },
    judgements: (trialIds) => readJudgements(connection, trialIds),
    stops: (trialIds) => readStops(connection, trialIds),
    environments: (studyId) => readEnvironments(connection, studyId),
    evaluation: async (trialId) => {
      const row = await connection.trialEvaluation.findUnique({ where: { trialId } });
      return row && evaluationFromRow(row).evaluation;
    },
    evaluations: async (studyId, trialIds) => {
      const where = trialIds ? { trialId: { in: [...trialIds] } } : { trial: { studyId } };
      const rows = await connection.trialEvaluation.findMany({ where, orderBy: { trialId: 'asc' } });
      return rows.map(evaluationFromRow);
    },
  };
}

async function readOverview(read: ReadRows, id: string, definitions: DefinitionCache | null): Promise<StudyOverview | null> {
  const known = definitions?.get(id) ?? null;
  const [overview = null] = await readOverviews(read, Prisma.sql`study.id = ${id}::uuid`, known);
  // Of a study that was changed, the definition as it was stored is no longer there.
  if (overview?.study.changes === null) definitions?.keep(id, overview.study);
  return overview;
}

async function trials(
  connection: Connection,
  { studyId, state, generation, limit, after = -1 }: Parameters<StudyReader['trials']>[0],
): Promise<Page<Trial>> {
  const filters = { ...(state && { state }), ...(generation !== undefined && { generation }) };
  const read = (number: NumberRange | { readonly gt: number }) =>
    connection.trial.findMany({ where: { studyId, ...filters, number }, orderBy: { number: 'asc' }, take: limit + 1 });
  const isFiltered = Object.keys(filters).length > 0;
  const rows = await (isFiltered ? read({ gt: after }) : nextTrials({ most: limit + 1, after }, read));
  return pageOf(rows, limit, trialFromRow, (row) => String(row.number));
}

async function checkpoints(
  connection: Connection,
  { studyId, generationsOnly, limit, after }: Parameters<StudyReader['checkpoints']>[0],
): Promise<Page<StudyCheckpoint>> {
  const where = {
    studyId,
    ...(generationsOnly && { generation: { not: null } }),
    ...(after !== undefined && { sequence: { gt: after } }),
  };
  const rows = await connection.studyCheckpoint.findMany({ where, orderBy: { sequence: 'asc' }, take: limit + 1 });
  return pageOf(rows, limit, checkpointFromRow, (row) => String(row.sequence));
}
