import { evaluatedBy, representStudy, type StudyRepresentation } from '../api/study.ts';
import { type Study, studyNotFound } from '../studies/model/study.ts';
import type { StudyReader } from '../studies/ports/reader.ts';
import { isAskedFor } from '../studies/search/on-demand.ts';
import type { Services } from './services.ts';

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
export async function viewStudy(
  { reader, runnersFor }: Pick<Services, 'reader' | 'runnersFor'>,
  studyId: string,
): Promise<StudyRepresentation> {
  const overview = await reader.overview(studyId);
  if (!overview) throw studyNotFound(studyId);
  const { study, ...findings } = overview;
  // A trial that runs shows that a runner can: runners are looked for only where none does.
  const needsRunner = study.state === 'active' && findings.trials.running === 0 && !isAskedFor(study.spec);
  const runners = needsRunner ? await runnersFor(evaluatedBy(study)) : null;
  return representStudy(study, { ...findings, runners });
}
