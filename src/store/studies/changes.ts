import type { StudyTransaction } from '../../studies/ports/transactions.ts';
import { summaryOf } from '../../studies/search/definition-summary.ts';
import { checkOpenStudies, keepProject } from '../access/admission.ts';
import type { Connection } from '../database/database.ts';
import { checkpointFromRow } from './rows.ts';

/** Changes of a study that a client asks for after its creation, inside a transaction. */
export function changeTransaction(tx: Connection): Pick<StudyTransaction, 'lastCheckpoints' | 'changeStudy' | 'restartSearch'> {
  return {
    lastCheckpoints: async (studyId, count) => {
      const rows = await tx.studyCheckpoint.findMany({ where: { studyId }, orderBy: { sequence: 'desc' }, take: count });
      return rows.map(checkpointFromRow);
    },
    changeStudy: (studyId, change) => changeStudy(tx, studyId, change),
    restartSearch: (studyId, restart) => restartSearch(tx, studyId, restart),
  };
}

/** Trials are locked by number, as everywhere. */
async function changeStudy(
  tx: Connection,
  studyId: string,
  { changes, spec, priority }: Parameters<StudyTransaction['changeStudy']>[1],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE study
    SET version = version + 1, updated_at = clock_timestamp(), changes = ${changes && JSON.stringify(changes)}::jsonb,
        summary = ${JSON.stringify(summaryOf(spec))}::jsonb, labels = ${JSON.stringify(spec.labels)}::jsonb, priority = ${priority}
    WHERE id = ${studyId}::uuid`;
  await tx.$executeRaw`
    WITH open AS (
      SELECT id FROM trial
      WHERE study_id = ${studyId}::uuid AND state IN ('queued', 'running') AND priority <> ${priority}
      ORDER BY number FOR NO KEY UPDATE
    )
    UPDATE trial SET priority = ${priority} FROM open WHERE trial.id = open.id`;
}

/** The active time goes on from what it was: the time since the end is left out. Nobody holds a lease of a cancelled trial. */
async function restartSearch(
  tx: Connection,
  studyId: string,
  { progress: { state, observed, withValue }, checkpoints }: Parameters<StudyTransaction['restartSearch']>[1],
): Promise<void> {
  const ended = await tx.study.findUnique({ where: { id: studyId, endedAt: { not: null } }, select: { project: true } });
  if (ended) await keepProject(tx, ended.project);
  await tx.$executeRaw`
    UPDATE study
    SET state = CASE WHEN ended_at IS NULL THEN state ELSE 'active' END, outcome = NULL, ended_at = NULL,
        ticked_at = CASE WHEN ended_at IS NULL THEN ticked_at ELSE clock_timestamp() END,
        active_since = CASE WHEN ended_at IS NULL THEN active_since ELSE clock_timestamp() END,
        sampler_state = ${JSON.stringify(state)}::jsonb, observed = ${observed}, with_value = ${withValue}
    WHERE id = ${studyId}::uuid`;
  await tx.studyCheckpoint.deleteMany({ where: { studyId, sequence: { gte: checkpoints } } });
  await tx.$executeRaw`
    WITH cancelled AS (
      SELECT trial.id, study.priority FROM trial JOIN study ON study.id = trial.study_id
      WHERE trial.study_id = ${studyId}::uuid AND trial.state = 'cancelled'
      ORDER BY trial.number FOR NO KEY UPDATE OF trial
    )
    UPDATE trial SET state = 'queued', finished_at = NULL, priority = cancelled.priority
    FROM cancelled WHERE trial.id = cancelled.id`;
  if (ended) await checkOpenStudies(tx, ended.project);
}
