import type { Page, StudyReader, TrialCounts } from '../studies/ports.ts';
import { trialStateSchema } from '../studies/states.ts';
import type { Database } from './database.ts';
import { checkpointFromRow, reportFromRow, studyFromRow, trialFromRow } from './rows.ts';

/** Reads of studies on PostgreSQL. Every list is a range scan of one index. */
export function studyReader(database: Database): StudyReader {
  return {
    study: async (id) => {
      const row = await database.study.findUnique({ where: { id } });
      return row && studyFromRow(row);
    },
    studies: async ({ state, name, limit, after }) => {
      const where = { ...(state && { state }), ...(name !== undefined && { name }), ...(after !== undefined && { id: { lt: after } }) };
      const rows = await database.study.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
      return pageOf(rows, limit, studyFromRow, (row) => row.id);
    },
    trialCounts: (studyId) => trialCounts(database, studyId),
    trials: async ({ studyId, state, generation, limit, after }) => {
      const where = {
        studyId,
        ...(state && { state }),
        ...(generation !== undefined && { generation }),
        ...(after !== undefined && { number: { gt: after } }),
      };
      const rows = await database.trial.findMany({ where, orderBy: { number: 'asc' }, take: limit + 1 });
      return pageOf(rows, limit, trialFromRow, (row) => String(row.number));
    },
    leaderboard: (studyId, limit) => leaderboard(database, studyId, limit),
    trial: async (id) => {
      const row = await database.trial.findUnique({ where: { id } });
      return row && trialFromRow(row);
    },
    epochReports: async (trialId) => {
      const rows = await database.epochReport.findMany({ where: { trialId }, orderBy: { epoch: 'asc' } });
      return rows.map(reportFromRow);
    },
    checkpoints: async ({ studyId, generationsOnly, limit, after }) => {
      const where = {
        studyId,
        ...(generationsOnly && { generation: { not: null } }),
        ...(after !== undefined && { sequence: { gt: after } }),
      };
      const rows = await database.studyCheckpoint.findMany({ where, orderBy: { sequence: 'asc' }, take: limit + 1 });
      return pageOf(rows, limit, checkpointFromRow, (row) => String(row.sequence));
    },
    epochsTrained: async (studyId) => {
      const sum = await database.trial.aggregate({ where: { studyId }, _sum: { epochsDone: true } });
      return sum._sum.epochsDone ?? 0;
    },
  };
}

/** One row more than the page was read: it says whether there is a next page. */
function pageOf<Row, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, key: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? key(last) : null };
}

async function trialCounts(database: Database, studyId: string): Promise<TrialCounts> {
  const counts = { queued: 0, running: 0, completed: 0, pruned: 0, failed: 0, cancelled: 0 };
  const groups = await database.trial.groupBy({ by: ['state'], where: { studyId }, _count: { _all: true } });
  for (const group of groups) counts[trialStateSchema.parse(group.state)] = group._count._all;
  return counts;
}

/** Best first by the index `trial_leaderboard`; trials that the study's verdict made needless do not count. */
async function leaderboard(database: Database, studyId: string, limit: number) {
  const study = await database.study.findUnique({ where: { id: studyId } });
  const lastTrial = study ? studyFromRow(study).outcome?.lastTrial : undefined;
  const rows = await database.trial.findMany({
    where: { studyId, state: 'completed', ...(typeof lastTrial === 'number' && { number: { lte: lastTrial } }) },
    orderBy: [{ score: { sort: 'desc', nulls: 'last' } }, { number: 'asc' }],
    take: limit,
  });
  return rows.map(trialFromRow);
}
