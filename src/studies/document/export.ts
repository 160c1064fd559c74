import { z } from 'zod';
import type { Json } from '../../shared/digest.ts';
import { canonicalText } from '../../shared/digest.ts';
import { isFinal } from '../model/states.ts';
import { endsByResults, type Study, type StudyCheckpoint, studyNotFound } from '../model/study.ts';
import type { Trial } from '../model/trial.ts';
import type { Page } from '../ports/page.ts';
import type { StudyReader } from '../ports/reader.ts';
import { type ExportedCheckpoint, type ExportedTrial, type StudyDocument, studyFormat, type UnfinishedTrial } from './document.ts';
import { provenanceOf } from './provenance.ts';
import { type StudyDocumentV1, toDocumentV1 } from './version-1.ts';

/** Optional contents of an export. */
export interface ExportOptions {
  /**
   * The sources of the results as this version of Clavier records them; false leaves them out, so that runs on different machines
   * can be compared.
   */
  readonly provenance: false | { readonly clavier: string };
}

/**
 * The canonical export of a study (RFC 8785): its definition, every final trial that counts with its measurement on the test split
 * if there is one, its study checkpoints and the reason for its end. Without ids, times, sources, trained steps and attempts: two
 * runs of one definition and seed give the same bytes, regardless of failures along the way. (A study that ended by the wall clock or by
 * request stopped at an arbitrary point.)
 *
 * @throws DomainError `study-not-found`
 */
export async function exportStudy(reader: StudyReader, studyId: string, options: ExportOptions = { provenance: false }): Promise<string> {
  return canonicalText(await reader.snapshot((snapshot) => studyExport(snapshot, studyId, options)));
}

/**
 * An export as an object. Its format is that of the stored definition, which it carries as it is stored: a study of an
 * earlier version ends with the bytes that this version would have exported.
 *
 * @param reader a snapshot: a trial that finishes meanwhile is in every part of the export or in none
 * @throws DomainError `study-not-found`
 */
export async function studyExport(reader: StudyReader, studyId: string, options: ExportOptions): Promise<StudyDocument | StudyDocumentV1> {
  const study = await reader.study(studyId);
  if (!study) throw studyNotFound(studyId);
  const { version, content } = study.definition;
  const document = await currentDocument(reader, study, options);
  // The content was checked by the schema of its version when the study was read.
  if (version === 1) return toDocumentV1(document, content as StudyDocumentV1['spec']);
  return { ...document, spec: content as StudyDocument['spec'] };
}

async function currentDocument(reader: StudyReader, study: Study, { provenance }: ExportOptions): Promise<StudyDocument> {
  const studyId = study.id;
  return {
    format: studyFormat,
    spec: study.spec,
    state: study.state,
    outcome: study.outcome,
    samplerVersion: study.sampler.version,
    objectiveVersion: study.objectiveVersion,
    ...(!endsByResults(study.outcome) && { observed: study.sampler.observed }),
    ...(await exportedTrials(reader, study)),
    checkpoints: await all(
      (after) => reader.checkpoints({ studyId, limit: 200, after }),
      (checkpoint) => checkpoint.sequence,
      (checkpoint) => [exportedCheckpoint(checkpoint)],
    ),
    ...(provenance && { provenance: await provenanceOf(reader, study, provenance.clavier) }),
  };
}

/** The trials that count. A suggestion of the asynchronous schedule knew of open trials too, which follow from nothing else. */
async function exportedTrials(reader: StudyReader, study: Study): Promise<Pick<StudyDocument, 'trials' | 'unfinished'>> {
  const evaluations = new Map((await reader.evaluations(study.id)).map(({ trialId, evaluation }) => [trialId, evaluation]));
  const unfinished: UnfinishedTrial[] = [];
  const last = study.outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  const trials = await all(
    (after) => reader.trials({ studyId: study.id, limit: 200, after }),
    (trial) => trial.number,
    (trial) => {
      const counts = trial.number <= last;
      const exported = counts ? exportedTrial(trial, evaluations.get(trial.id)) : null;
      if (counts && !exported) unfinished.push(suggestionOf(trial));
      return exported ? [exported] : [];
    },
  );
  return { trials, ...(study.spec.schedule === 'asynchronous' && { unfinished }) };
}

/**
 * A final trial that was not cancelled; null for others. Of an error only its code: messages contain sizes, exit codes and last
 * output, which differ from run to run. An error is left out if a later attempt succeeded.
 */
function exportedTrial(trial: Trial, evaluation: Json | undefined): ExportedTrial | null {
  const { state, value, values, diverged, error } = trial;
  if (!isFinal(state) || state === 'cancelled' || state === 'queued' || state === 'running') return null;
  const measured = { value, values, diverged, ...(evaluation && { evaluation: evaluationSchema.parse(evaluation) }) };
  return { ...suggestionOf(trial), state, ...measured, error: error && { code: error.code } };
}

function suggestionOf({ number, generation, parameters, origin, seen }: Trial): UnfinishedTrial {
  return { number, generation, parameters, origin, ...(seen && { seen: { before: seen.before, except: [...seen.except] } }) };
}

function exportedCheckpoint({ sequence, generation, trials, state, digest }: StudyCheckpoint): ExportedCheckpoint {
  return { sequence, generation, trials, state, digest };
}

/** Measurements on held-out data are objects for every objective. */
const evaluationSchema = z.record(z.string(), z.unknown());

/** Collects all pages; of each page only the exported items stay in memory. */
async function all<T, Exported>(
  page: (after: number | undefined) => Promise<Page<T>>,
  key: (item: T) => number,
  toExported: (item: T) => Exported[],
): Promise<Exported[]> {
  const exported: Exported[] = [];
  let after: number | undefined;
  for (;;) {
    const { items, next } = await page(after);
    exported.push(...items.flatMap(toExported));
    const last = items.at(-1);
    if (next === null || last === undefined) return exported;
    after = key(last);
  }
}
