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

/** Services that the view of a study needs. */
type ViewServices = Pick<Services, 'reader' | 'runnersFor'>;

/**
 * Reads a study with everything that its representation needs.
 *
 * @throws DomainError `study-not-found`
 */
export async function viewStudy(services: ViewServices, studyId: string): Promise<StudyRepresentation> {
  return (await viewStudyVersion(services, studyId)).representation;
}

/** As `viewStudy`, with the version of the study's row. */
export async function viewStudyVersion(
  { reader, runnersFor }: ViewServices,
  studyId: string,
): Promise<{ readonly representation: StudyRepresentation; readonly version: number }> {
  const overview = await reader.overview(studyId);
  if (!overview) throw studyNotFound(studyId);
  const { study, ...findings } = overview;
  // A trial that runs shows that a runner can: runners are looked for only where none does.
  const needsRunner = study.state === 'active' && findings.trials.running === 0 && !isAskedFor(study.spec);
  const runners = needsRunner ? await runnersFor(evaluatedBy(study)) : null;
  return { representation: representStudy(study, { ...findings, runners }), version: study.version };
}
