import { representStudy, type StudyRepresentation } from '../api/study.ts';
import { type Study, studyNotFound } from '../studies/model/study.ts';
import type { StudyReader } from '../studies/ports/reader.ts';

/**
 * Reads a study.
 *
 * @throws DomainError `study-not-found`
 */
export async function foundStudy(reader: StudyReader, studyId: string): Promise<Study> {
  const study = await reader.study(studyId);
  if (!study) throw studyNotFound(studyId);
  return study;
}

/**
 * Reads a study with everything that its representation needs.
 *
 * @throws DomainError `study-not-found`
 */
export async function viewStudy(reader: StudyReader, studyId: string): Promise<StudyRepresentation> {
  const study = await foundStudy(reader, studyId);
  const [trials, leaders, steps] = await Promise.all([reader.trialCounts(studyId), reader.leaderboard(studyId, 1), reader.steps(studyId)]);
  return representStudy(study, { trials, best: leaders[0] ?? null, steps });
}
