import type { Trial } from '../../studies/model/trial.ts';
import type { Connection } from '../database/database.ts';
import { outcomeFromRow, trialFromRow } from './rows.ts';

/** Best first by the index `trial_leaderboard`; trials that the study's verdict made needless do not count. */
export async function leaderboard(connection: Connection, studyId: string, limit: number): Promise<Trial[]> {
  const study = await connection.study.findUnique({ where: { id: studyId }, select: { outcome: true } });
  const lastTrial = study && outcomeFromRow(study)?.lastTrial;
  const rows = await connection.trial.findMany({
    where: { studyId, state: 'completed', ...(typeof lastTrial === 'number' && { number: { lte: lastTrial } }) },
    orderBy: [{ score: { sort: 'desc', nulls: 'last' } }, { number: 'asc' }],
    take: limit,
  });
  return rows.map(trialFromRow);
}
