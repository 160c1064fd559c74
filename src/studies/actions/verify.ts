import { digestOfPaged } from '../../shared/canonical-pieces.ts';
import { samplerOf } from '../definition/definition.ts';
import { pagedStudyExport } from '../document/export.ts';
import { inProcessFronts } from '../fronts/front-job.ts';
import { type Study, studyNotFound } from '../model/study.ts';
import type { FrontWorker } from '../ports/front-worker.ts';
import type { Planner } from '../ports/planner.ts';
import type { StudyReader } from '../ports/reader.ts';
import type { NonCanonicalNumber } from '../ports/verification-reads.ts';
import { inProcessPlanner } from '../search/suggest.ts';
import type { Difference } from '../verification/difference.ts';
import { differencesAtMost, newFindings } from '../verification/findings.ts';
import { checkLog } from '../verification/log-check.ts';
import { checkLeaderboard, rankingOf } from '../verification/ranking.ts';
import { checkReplay } from '../verification/replay-check.ts';
import { checkJudgements } from '../verification/stored-judgements.ts';
import { type StudyLists, studyLists } from '../verification/study-lists.ts';
import { checkTraces } from '../verification/trace-check.ts';
import { tryParse } from '../verification/try-parse.ts';

/** Result of a verification. */
export interface Verification {
  /** The search was made again, and no difference was found. */
  readonly verified: boolean;
  /** SHA-256 over the canonical export without its provenance: equal for equal studies. null if the study cannot be read. */
  readonly digest: string | null;
  /** Trials that are stored. */
  readonly trials: number;
  /** Suggestions that were made again. */
  readonly suggestions: number;
  /** Study checkpoints that were made again. */
  readonly checkpoints: number;
  /** Events whose hashes were made again; null for a study of a version that kept no log. */
  readonly events: number | null;
  /** Reason why the search cannot be replayed here, such as the code of another version; null if it was replayed. It is no difference. */
  readonly notReplayed: string | null;
  /** In a fixed order; at most 100. */
  readonly differences: readonly Difference[];
}

/** The slow work of a verification, which may be done by other threads. Default: this one. */
export interface VerificationThreads {
  /** Makes the suggestions of a slow sampler again. */
  readonly planner: Planner;
  /** Ranks the results of a study with several metrics again. */
  readonly fronts: FrontWorker;
}

/**
 * Checks the stored data of a study. Its event log must be intact, chained, and agree with the rows. Values, scores and the leaderboard
 * must agree with the measurements. A replay of the definition and the results must give every suggestion, every study checkpoint, the
 * state of the sampler and the end again. Reads one snapshot, page by page, and changes nothing.
 *
 * If the log contradicts a row, the following checks use the value of the log.
 *
 * @throws DomainError `study-not-found`
 */
export async function verifyStudy(
  reader: StudyReader,
  studyId: string,
  { planner = inProcessPlanner, fronts = inProcessFronts }: Partial<VerificationThreads> = {},
): Promise<Verification> {
  const examined = await reader.snapshot((snapshot) => examineStudy(snapshot, studyId, fronts));
  return examined.finish(planner);
}

/**
 * A study whose data has been read completely. Its verification is finished outside the snapshot, which a slow sampler must not
 * keep open.
 */
export interface ExaminedStudy {
  finish(planner: Planner): Promise<Verification>;
}

/**
 * Verifies a study inside a snapshot, as far as no slow sampler is asked.
 *
 * @throws DomainError `study-not-found`
 */
export async function examineStudy(reader: StudyReader, studyId: string, fronts: FrontWorker): Promise<ExaminedStudy> {
  const study = await tryParse(() => reader.study(studyId));
  if ('unreadable' in study) {
    const { unreadable } = study;
    return { finish: async () => unreadableStudy(unreadable) };
  }
  if (!study.value) throw studyNotFound(studyId);
  return examined(reader, study.value, fronts);
}

async function examined(reader: StudyReader, study: Study, fronts: FrontWorker): Promise<ExaminedStudy> {
  const findings = newFindings();
  const lists = studyLists(reader, study, findings);
  let trials = 0;
  const ranking = rankingOf(study, fronts);
  const known = await checkLog(study, lists, findings);
  if (!findings.full()) findings.add(...(await reader.nonCanonicalNumbers(study.id, differencesAtMost)).map(nonCanonical));
  await checkTraces(study, lists, known, findings, (trial) => {
    trials += 1;
    ranking.take(trial);
  });
  if (!findings.full()) await checkJudgements(study, lists, findings);
  const leaders = await tryParse(() => reader.leaderboard(study.id, ranking.places));
  if ('value' in leaders) await checkLeaderboard(leaders.value, ranking, findings);
  const isSlow = samplerOf(study.spec, study.sampler.version).cost === 'slow';
  const kept = isSlow ? await inMemory(lists) : lists;
  const replay = (planner: Planner) => checkReplay({ study, lists: kept, known, planner }, findings);
  const early = isSlow ? null : await replay(inProcessPlanner);
  const digest = await exportDigest(reader, study.id);
  return {
    finish: async (planner) => {
      const { suggestions, checkpoints, notReplayed } = early ?? (await replay(planner));
      const { differences } = findings;
      const events = study.events?.count ?? null;
      const verified = differences.length === 0 && notReplayed === null;
      return { verified, digest, trials, suggestions, checkpoints, events, notReplayed, differences };
    },
  };
}

/** Reads the data of a replay into memory. Searches with a slow sampler are short. */
async function inMemory(lists: StudyLists): Promise<Pick<StudyLists, 'trials' | 'checkpoints'>> {
  const trials = await collected(lists.trials());
  const checkpoints = await collected(lists.checkpoints());
  return { trials: () => oneByOne(trials), checkpoints: () => oneByOne(checkpoints) };
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* oneByOne<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** A digit that was changed too finely for a double: it is read as before, but this service would not have written it. */
function nonCanonical({ where, stored, written }: NonCanonicalNumber): Difference {
  return { where, expected: written, found: stored, detail: 'how the number that is read here would have been written' };
}

async function exportDigest(reader: StudyReader, studyId: string): Promise<string | null> {
  const exported = await tryParse(async () => digestOfPaged(await pagedStudyExport(reader, studyId, { provenance: false })));
  return 'unreadable' in exported ? null : exported.value;
}

/** The verification of a study whose row matches the schema of no version: nothing else can be checked. */
function unreadableStudy(reason: string): Verification {
  const detail = `the study cannot be read, so nothing else was looked at: ${reason}`;
  const difference = { where: 'study', expected: 'what a study is stored as', found: 'something else', detail };
  return {
    verified: false,
    digest: null,
    trials: 0,
    suggestions: 0,
    checkpoints: 0,
    events: null,
    notReplayed: null,
    differences: [difference],
  };
}
