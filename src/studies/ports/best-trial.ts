import { rankingRuleOf, scoreOf } from '../definition/ranking.ts';
import type { Study } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { StudyReader } from './reader.ts';

/** Reads the best trial of a study; null if no trial has a score, as when the training of all of them diverged, or none keeps the limits of the study (see `scoreOf`). */
export async function bestTrial(reader: Pick<StudyReader, 'leaderboard'>, study: Pick<Study, 'id' | 'spec'>): Promise<Trial | null> {
  const [leader = null] = await reader.leaderboard(study.id, 1);
  return bestOf(study, leader);
}

/** Returns the first trial of the leaderboard of a study if it has a score, else null. */
export function bestOf({ spec }: Pick<Study, 'spec'>, leader: Trial | null): Trial | null {
  return leader && scoreOf(rankingRuleOf(spec), leader) !== null ? leader : null;
}
