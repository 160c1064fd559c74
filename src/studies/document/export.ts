import { itemsOf, type PagedList, PagedObject } from '../../shared/canonical-pieces.ts';
import type { StoredDefinition } from '../definition/stored.ts';
import { endsByResults, type Study, studyNotFound } from '../model/study.ts';
import type { StudyReader } from '../ports/reader.ts';
import { type ExportedTrial, type StudyDocument, studyFormat } from './document.ts';
import { exportedLists, trialsAtOnce } from './exported-lists.ts';
import { provenanceOf } from './provenance.ts';
import { membersInV1, type StudyDocumentV1, trialInV1 } from './version-1.ts';

/** Optional contents of an export. */
export interface ExportOptions {
  /**
   * The sources of the results as this version of Clavier records them; false leaves them out, so that runs on different machines
   * can be compared.
   */
  readonly provenance: false | { readonly clavier: string };
}

/**
 * The export of a study: its definition, every final trial that counts with its measurement on the test split if there is one, its
 * study checkpoints and the reason for its end. Without ids, times, sources, trained steps and attempts: two runs of one definition
 * and seed give the same canonical text (RFC 8785), regardless of failures along the way. (A study that ended by the wall clock or by
 * request stopped at an arbitrary point.)
 *
 * Its format is that of the stored definition, which it carries as it is stored: a study of an earlier version ends with the bytes
 * that this version would have exported. The lists are read while the text is made.
 *
 * @param reader a snapshot that lasts until the text is made: a trial that finishes meanwhile is in every part of the export or in none
 * @throws DomainError `study-not-found`
 */
export async function pagedStudyExport(reader: StudyReader, studyId: string, options: ExportOptions): Promise<PagedObject> {
  const { study, members, lists } = await partsOf(reader, studyId, options);
  const { version, content } = study.definition;
  const { trials, ...others } = lists;
  if (version === 1) return new PagedObject({ ...membersInV1(members, asV1(content)), ...others, trials: trialsInV1(trials) });
  return new PagedObject({ ...members, spec: content, ...others, trials });
}

/**
 * The same as an object in memory.
 *
 * @param reader a snapshot
 * @throws DomainError `study-not-found`
 */
export async function studyExport(reader: StudyReader, studyId: string, options: ExportOptions): Promise<StudyDocument | StudyDocumentV1> {
  const { study, members, lists } = await partsOf(reader, studyId, options);
  const { version, content } = study.definition;
  const trials = await itemsOf(lists.trials);
  const unfinished = lists.unfinished && (await itemsOf(lists.unfinished));
  const others = { ...(unfinished && { unfinished }), checkpoints: await itemsOf(lists.checkpoints) };
  if (version === 1) return { ...membersInV1(members, asV1(content)), ...others, trials: trials.map(trialInV1) };
  return { ...members, spec: content as StudyDocument['spec'], ...others, trials };
}

async function partsOf(reader: StudyReader, studyId: string, { provenance }: ExportOptions) {
  const study = await reader.study(studyId);
  if (!study) throw studyNotFound(studyId);
  const { trials, unfinished, checkpoints } = exportedLists(reader, study);
  const members = {
    format: studyFormat,
    spec: study.spec,
    ...(study.changes && { changes: study.changes }),
    state: study.state,
    outcome: study.outcome,
    samplerVersion: study.sampler.version,
    objectiveVersion: study.objectiveVersion,
    ...(!endsByResults(study.outcome) && { observed: study.sampler.observed }),
    ...(provenance && { provenance: await provenanceOf(reader, study, provenance.clavier) }),
  } as const;
  const hasUnfinished = study.spec.schedule === 'asynchronous' || (await hasEnqueued(reader, study));
  return { study, members, lists: { trials, checkpoints, ...(hasUnfinished && { unfinished }) } };
}

/** True if a client enqueued a trial that counts. Those beyond the last one that does are few: they were open together. */
async function hasEnqueued(reader: StudyReader, { id, sampler: { enqueued }, outcome }: Study): Promise<boolean> {
  if (enqueued === 0 || outcome?.lastTrial == null) return enqueued > 0;
  let left = enqueued;
  for (let after: number | undefined = outcome.lastTrial; after !== undefined; ) {
    const { items, next } = await reader.trials({ studyId: id, limit: trialsAtOnce, after });
    left -= items.filter(({ given }) => given === 'enqueued').length;
    after = next === null ? undefined : items.at(-1)?.number;
  }
  return left > 0;
}

async function* trialsInV1(pages: PagedList<ExportedTrial>): AsyncGenerator<StudyDocumentV1['trials']> {
  for await (const trials of pages) yield trials.map(trialInV1);
}

/** The content was checked by the schema of its version when the study was read. */
function asV1(content: StoredDefinition['content']): StudyDocumentV1['spec'] {
  return content as StudyDocumentV1['spec'];
}
