import { digestOf } from '../../shared/digest.ts';
import { samplerOf } from '../definition/definition.ts';
import { nextNumber } from '../model/progress.ts';
import { endsByResults, type Study } from '../model/study.ts';
import type { Planner } from '../ports/planner.ts';
import { mayTakeSteps, waitsForWindow } from '../search/proposals.ts';
import { type Difference, differing } from './difference.ts';
import type { Findings } from './findings.ts';
import type { LogKnowledge } from './log-check.ts';
import type { ReplayTrial } from './numbered-buffer.ts';
import { reconciled } from './reconciled-trials.ts';
import { type Replayed, replayStudy } from './replay.ts';
import type { StudyLists } from './study-lists.ts';

/** Limit of reported suggestions: after a wrong one, those derived from it are wrong as well. */
const suggestionsAtMost = 10;

/** Numbers of items that a replay compared. */
export interface ReplayCounts {
  readonly suggestions: number;
  readonly checkpoints: number;
  /** Reason why the study cannot be replayed here; null if it can. This is no difference, because nothing is known then. */
  readonly notReplayed: string | null;
}

/** A study to replay: its stored data and the results of its log check. */
export interface CheckedReplay {
  readonly study: Study;
  readonly lists: Pick<StudyLists, 'trials' | 'checkpoints'>;
  readonly known: LogKnowledge;
  readonly planner: Planner;
}

/**
 * Searches again with the stored results, and compares every suggestion, every study checkpoint, the final sampler state, and the
 * end of the study if it follows from its results.
 */
export async function checkReplay({ study, lists, known, planner }: CheckedReplay, findings: Findings): Promise<ReplayCounts> {
  const notReplayed = missingCode(study);
  if (notReplayed !== null) return { suggestions: 0, checkpoints: 0, notReplayed };
  const trials = below(known.suggested, reconciled(study.spec, lists.trials(), known.trials));
  const replay = replayStudy({
    spec: study.spec,
    samplerVersion: study.sampler.version,
    trials,
    checkpoints: lists.checkpoints(),
    observed: known.observed,
    planner,
  });
  const replayed = await finished(replay, findings);
  if (!replayed) return { suggestions: 0, checkpoints: 0, notReplayed: null };
  findings.add(...progressDifferences(study, replayed, known), ...endDifferences(study, replayed, known));
  return { suggestions: Math.min(nextNumber(replayed.progress), known.suggested), checkpoints: replayed.checkpoints, notReplayed: null };
}

function missingCode({ spec, sampler }: Study): string | null {
  const { name, version } = samplerOf(spec, sampler.version);
  if (version === sampler.version) return null;
  return `the study was searched by version ${sampler.version} of the ${name} sampler, whose code this service does not have; it has version ${version}`;
}

async function* below(end: number, trials: AsyncIterable<ReplayTrial>): AsyncGenerator<ReplayTrial> {
  for await (const trial of trials) if (trial.number < end) yield trial;
}

/** @returns null if the replay stopped at the limit of differences */
async function finished(replay: AsyncIterator<Difference, Replayed>, findings: Findings): Promise<Replayed | null> {
  let suggestions = 0;
  for (let next = await replay.next(); ; next = await replay.next()) {
    if (next.done) return next.value;
    const isSuggestion = next.value.where.startsWith('trials/');
    if (!isSuggestion || suggestions < suggestionsAtMost) findings.add(next.value);
    if (isSuggestion) suggestions += 1;
    if (!findings.full()) continue;
    await replay.return?.();
    return null;
  }
}

/** Compares the sampler's state with the stored one if the replay observed as many trials as the study. */
function progressDifferences({ spec, sampler: stored }: Study, { progress, stuck }: Replayed, known: LogKnowledge): Difference[] {
  if (stuck) return [];
  const sampler = samplerOf(spec, stored.version);
  const detail = 'the number of trials that the search has with the stored results';
  if (progress.observed !== known.observed)
    return differing('study/observed', progress.observed, stored.observed, 'as far as the search comes with the stored results');
  return [
    ...differing('study/samplerState', digestOf(progress.state), digestOf(stored.state), `digest of the state: ${detail}`),
    ...differing('study/withValue', progress.withValue, stored.withValue, detail),
    ...(waitsForWindow(spec, sampler) ? suggestedDifferences({ spec, progress, owes: sampler.cost === 'slow' }, known) : []),
  ];
}

/**
 * Compares the number of trials with the one up to which the results let the search suggest. Where the schedule does not fix the number of
 * open trials, it depends on timing, and is not compared. It is an upper bound, and no exact number, where a study may owe suggestions:
 * those of a slow sampler may be in progress, and many from a long history are made by several steps, each of which may be the last that
 * was stored. How many these make depends on when the results arrived, which no verification knows.
 */
function suggestedDifferences(
  { spec, progress, owes }: Pick<Study, 'spec'> & { readonly progress: Replayed['progress']; readonly owes: boolean },
  { suggested }: LogKnowledge,
): Difference[] {
  const most = nextNumber(progress);
  const isExact = !owes && !mayTakeSteps({ spec, progress });
  return isExact || suggested > most
    ? differing('study/suggested', most, suggested, 'the number of trials that the search has with the stored results')
    : [];
}

/** A study that ended by its results ends so again, and one that did not does not. */
function endDifferences({ state, outcome }: Study, { end, progress, stuck }: Replayed, known: LogKnowledge): Difference[] {
  if (stuck || progress.observed !== known.observed) return [];
  const detail = 'how the search ends with the stored results';
  const ended = endsByResults(outcome);
  if (!end && !ended) return [];
  return [
    ...differing('study/state', end?.state ?? 'not ended', state, detail),
    ...differing('study/outcome', end?.outcome ?? null, outcome, detail),
  ];
}
