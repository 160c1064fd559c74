import { canonicalText } from '../shared/digest.ts';
import type { TestEvaluation } from '../training/test-evaluation.ts';
import { studyNotFound } from './life-cycle.ts';
import type { Page, StudyReader } from './ports.ts';
import { isFinal } from './states.ts';
import type { Study, StudyCheckpoint, Trial } from './study.ts';

/**
 * The canonical export of a study (RFC 8785): its definition, every final trial that counts, its study checkpoints and
 * why it ended. Of a trial that was measured on the test split, that too.
 * No ids, times, sources, epochs trained and attempts: two runs of one definition and seed give the same bytes,
 * whatever died on the way. (A study that ended by the wall clock or by hand stopped where it happened to be.)
 *
 * @throws DomainError `study-not-found`
 */
export async function exportStudy(reader: StudyReader, studyId: string): Promise<string> {
  return canonicalText(await reader.snapshot((snapshot) => studyExport(snapshot, studyId)));
}

/**
 * What an export says, as an object.
 *
 * @param reader a snapshot: a trial that finishes meanwhile is in every part of the export or in none
 * @throws DomainError `study-not-found`
 */
export async function studyExport(reader: StudyReader, studyId: string) {
  const study = await reader.study(studyId);
  if (!study) throw studyNotFound(studyId);
  const evaluations = new Map((await reader.evaluations(studyId)).map(({ trialId, evaluation }) => [trialId, evaluation]));
  return {
    format: 'clavier-study/1',
    spec: study.spec,
    state: study.state,
    outcome: study.outcome,
    samplerVersion: study.sampler.version,
    trials: await all(
      (after) => reader.trials({ studyId, limit: 1000, after }),
      (trial) => trial.number,
      (trial) => (counts(study, trial) ? [exportedTrial(trial, evaluations.get(trial.id))] : []),
    ),
    checkpoints: await all(
      (after) => reader.checkpoints({ studyId, limit: 200, after }),
      (checkpoint) => checkpoint.sequence,
      (checkpoint) => [exportedCheckpoint(checkpoint)],
    ),
  };
}

function counts(study: Study, trial: Trial): boolean {
  const last = study.outcome?.lastTrial ?? Number.POSITIVE_INFINITY;
  return isFinal(trial.state) && trial.state !== 'cancelled' && trial.number <= last;
}

/** Of an error its code alone: messages name sizes, exit codes and last words, which differ from run to run. */
function exportedTrial(trial: Trial, evaluation: TestEvaluation | undefined) {
  const { number, generation, state, parameters, origin, value, metrics, diverged, error } = trial;
  const measured = { value, metrics, diverged, ...(evaluation && { evaluation }) };
  return { number, generation, state, parameters, origin, ...measured, error: error && { code: error.code } };
}

function exportedCheckpoint({ sequence, generation, trials, state, digest }: StudyCheckpoint) {
  return { sequence, generation, trials, state, digest };
}

/** Of each page only what is exported is kept. */
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
