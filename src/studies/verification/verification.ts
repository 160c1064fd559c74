import { studyNotFound } from '../actions/life-cycle.ts';
import { studyExport } from '../document/export.ts';
import type { Study } from '../model/study.ts';
import type { StudyReader } from '../ports/reader.ts';
import type { UnwrittenNumber } from '../ports/verification-reads.ts';
import type { Difference } from './difference.ts';
import { differencesAtMost, newFindings } from './findings.ts';
import { checkLog } from './log-check.ts';
import { piecewiseDigestOf } from './piecewise-digest.ts';
import { checkLeaderboard, rankingOf } from './ranking.ts';
import { readable } from './readable.ts';
import { checkReplay } from './replay-check.ts';
import { studyLists } from './study-lists.ts';
import { checkTraces } from './trace-check.ts';

/** What a verification came to. */
export interface Verification {
  /** Nothing was found. */
  readonly verified: boolean;
  /** SHA-256 over the canonical export without its provenance: what two equal studies share. null where the study cannot be read. */
  readonly digest: string | null;
  /** Trials that are stored. */
  readonly trials: number;
  /** Suggestions that were made again. */
  readonly suggestions: number;
  /** Study checkpoints that were made again. */
  readonly checkpoints: number;
  /** Events whose hashes were made again; null for a study of a version that kept no log. */
  readonly events: number | null;
  /** In a fixed order; at most 100. */
  readonly differences: readonly Difference[];
}

/**
 * Checks that what is stored of a study is what it must be: its event log is whole and chained, and says what the rows
 * say; values, scores and the leaderboard agree with what was measured; and the definition and the results give every
 * suggestion, every study checkpoint, the sampler's state and the end once more. All of one moment, read page by page; nothing
 * is changed.
 *
 * Where the log contradicts a row, what follows is looked at with what the log says.
 *
 * @throws DomainError `study-not-found`
 */
export async function verifyStudy(reader: StudyReader, studyId: string): Promise<Verification> {
  return reader.snapshot((snapshot) => verifiedStudy(snapshot, studyId));
}

/**
 * The same inside a snapshot.
 *
 * @throws DomainError `study-not-found`
 */
export async function verifiedStudy(reader: StudyReader, studyId: string): Promise<Verification> {
  const study = await readable(() => reader.study(studyId));
  if ('unreadable' in study) return unreadable(study.unreadable);
  if (!study.value) throw studyNotFound(studyId);
  return verified(reader, study.value);
}

async function verified(reader: StudyReader, study: Study): Promise<Verification> {
  const findings = newFindings();
  const lists = studyLists(reader, study, findings);
  let trials = 0;
  const ranking = rankingOf(study);
  const known = await checkLog(study, lists, findings);
  if (!findings.full()) findings.add(...(await reader.unwrittenNumbers(study.id, differencesAtMost)).map(unwritten));
  await checkTraces(study, lists, known, findings, (trial) => {
    trials += 1;
    ranking.take(trial);
  });
  const leaders = await readable(() => reader.leaderboard(study.id, ranking.places));
  if ('value' in leaders) checkLeaderboard(leaders.value, ranking, findings);
  const { suggestions, checkpoints } = await checkReplay(study, lists, known, findings);
  const digest = await exportDigest(reader, study.id);
  const { differences } = findings;
  return { verified: differences.length === 0, digest, trials, suggestions, checkpoints, events: study.events?.count ?? null, differences };
}

/** A digit that was changed too finely for a double: it is read as before, and yet nobody wrote it. */
function unwritten({ where, stored, written }: UnwrittenNumber): Difference {
  return { where, expected: written, found: stored, detail: 'how the number that is read here would have been written' };
}

async function exportDigest(reader: StudyReader, studyId: string): Promise<string | null> {
  const exported = await readable(() => studyExport(reader, studyId, { provenance: false }));
  return 'unreadable' in exported ? null : piecewiseDigestOf(exported.value);
}

/** Of a study whose row is not what any version stores, nothing else can be said. */
function unreadable(reason: string): Verification {
  const detail = `the study cannot be read, so nothing else was looked at: ${reason}`;
  const difference = { where: 'study', expected: 'what a study is stored as', found: 'something else', detail };
  return { verified: false, digest: null, trials: 0, suggestions: 0, checkpoints: 0, events: null, differences: [difference] };
}
