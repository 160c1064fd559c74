import { z } from 'zod';
import type { RankingRule } from '../../studies/definition/ranking.ts';
import type { Trial } from '../../studies/model/trial.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { trialColumns, trialRowSchema } from './raw-rows.ts';
import { trialFromRow } from './rows.ts';

/** Condition of a trial of the row `study` that its leaderboard shows; trials that the end of the study made needless do not count. */
export const ranksInStudy = Prisma.sql`
  trial.study_id = study.id AND trial.state = 'completed'
    AND (study.outcome ->> 'lastTrial' IS NULL OR trial.number <= (study.outcome ->> 'lastTrial')::int)`;

/** The leaders of the row `study`, best first by the index `trial_leaderboard`; trials without a score are last, by their violation. */
export function leadersOfStudy(limit: number): Prisma.Sql {
  return Prisma.sql`
    SELECT ${trialColumns}, trial.score FROM trial WHERE ${ranksInStudy}
    ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number LIMIT ${limit}::int`;
}

const rankedRows = z.array(trialRowSchema.extend({ score: z.number().nullable() }));

/**
 * Reads the best trials of a study in one statement, without its definition.
 *
 * @returns `hasScores` false: no trial has one, as in a study with several metrics, whose order is another
 */
export async function leaderboard(
  read: ReadRows,
  studyId: string,
  limit: number,
): Promise<{ readonly trials: Trial[]; readonly hasScores: boolean }> {
  const rows = await read(Prisma.sql`
    SELECT leader.* FROM study CROSS JOIN LATERAL (${leadersOfStudy(limit)}) AS leader
    WHERE study.id = ${studyId}::uuid
    ORDER BY leader.score DESC NULLS LAST, leader.violation, leader.number`);
  const found = rankedRows.parse(rows);
  return { trials: found.map(trialFromRow), hasScores: found[0]?.score != null };
}

const trialRows = z.array(trialRowSchema);

/**
 * Reads the trial of a study that counts and is the least beyond its limits; null if none is beyond them. It scans the trials without a
 * score in the order of the index `trial_leaderboard`, from the least violation above 0, and skips those that do not count.
 */
export async function nearestToLimits(read: ReadRows, studyId: string, { ranking }: Pick<RankingRule, 'ranking'>): Promise<Trial | null> {
  const counts =
    ranking === 'finite-first' ? Prisma.sql`trial.value IS NOT NULL AND NOT trial.diverged` : Prisma.sql`trial.value IS NOT NULL`;
  const rows = await read(Prisma.sql`
    SELECT nearest.* FROM study CROSS JOIN LATERAL (
      SELECT ${trialColumns} FROM trial WHERE ${ranksInStudy} AND trial.score IS NULL AND trial.violation > 0 AND ${counts}
      ORDER BY trial.score DESC NULLS LAST, trial.violation, trial.number LIMIT 1
    ) AS nearest WHERE study.id = ${studyId}::uuid`);
  const [nearest] = trialRows.parse(rows);
  return nearest ? trialFromRow(nearest) : null;
}
