import { type Study, studyNotFound } from '../model/study.ts';
import type { StudyReader } from '../ports/reader.ts';

/**
 * Values that differ between any two exports of a study with different bytes, by one release and with the same options. They are read
 * without its trials: its row counts its changes, and a trial that is final stays as it is, so that equal counts mean equal trials.
 *
 * @param reader a snapshot
 * @throws DomainError `study-not-found`
 */
export async function exportFingerprint(reader: StudyReader, studyId: string): Promise<readonly (string | number)[]> {
  const study = await reader.study(studyId);
  if (!study) throw studyNotFound(studyId);
  return studyFingerprint(reader, study);
}

/** The same for a study that is read already. */
export async function studyFingerprint(
  reader: StudyReader,
  { id, version }: Pick<Study, 'id' | 'version'>,
): Promise<readonly (string | number)[]> {
  const { queued, running, completed, pruned, failed, cancelled } = await reader.trialCounts(id);
  return [id, version, queued + running, completed, pruned, failed, cancelled];
}
