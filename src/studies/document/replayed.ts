import { invariant, type Violation } from '../../shared/errors.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { measuredOf } from '../definition/ranking.ts';
import type { TrialError } from '../model/failure.ts';
import { endsByResults, type StudyCheckpoint } from '../model/study.ts';
import type { Planner } from '../ports/planner.ts';
import { type Difference, same, shown } from '../verification/difference.ts';
import type { ReplayTrial } from '../verification/numbered-buffer.ts';
import { type Replayed, replayStudy } from '../verification/replay.ts';
import type { ExportedTrial, StudyDocument, UnfinishedTrial } from './document.ts';
import { invalidDocument, violationOf } from './violations.ts';

/** Limit of reported differences: everything derived from the first one is wrong as well. */
const differencesAtMost = 10;

/** A replayed search and the events that it writes. */
export interface Rebuilt extends Replayed {
  /** With the populations, which an export has not. */
  readonly written: readonly StudyCheckpoint[];
}

/**
 * Searches again with the results of a document, by its own definition.
 *
 * @throws DomainError `invalid-document` with the first differences
 */
export async function replayDocument(document: StudyDocument, planner: Planner): Promise<Rebuilt> {
  const { spec, samplerVersion, trials, unfinished = [], checkpoints, observed } = document;
  const known = observed === undefined ? {} : { observed };
  const { rebuilt, differences } = await replayed({
    spec,
    samplerVersion,
    trials: inOrder(spec, trials, unfinished),
    checkpoints,
    planner,
    ...known,
  });
  const violations = [
    ...differences.map((difference) => violationOf(document, difference)),
    ...(rebuilt ? endViolations(document, rebuilt) : []),
  ];
  if (violations.length > 0) throw invalidDocument(violations);
  invariant(rebuilt && !rebuilt.stuck, 'what is stuck has a difference');
  return rebuilt;
}

/** A definition, and the results that a study begins with. */
interface Kept {
  readonly spec: ResolvedSpec;
  /** Version of the sampler's code that found them. */
  readonly samplerVersion: number;
  readonly trials: readonly ExportedTrial[];
  readonly unfinished: readonly UnfinishedTrial[];
}

/**
 * Searches again with some results under another definition, which suggests the same trials as far as it goes.
 *
 * @returns null if some of the results are beyond the end of that search
 */
export async function replayUnder({ spec, samplerVersion, trials, unfinished }: Kept, planner: Planner): Promise<Rebuilt | null> {
  // Returns the checkpoints of the new search: a document whose budget cut a generation short may have others.
  const { rebuilt, differences } = await replayed(
    { spec, samplerVersion, trials: inOrder(spec, trials, unfinished), checkpoints: [], planner },
    isOfTrials,
  );
  const last = rebuilt?.end?.outcome.lastTrial ?? null;
  const beyond = last !== null && trials.some(({ number }) => number > last);
  return differences.length > 0 || beyond ? null : rebuilt;
}

function isOfTrials({ where }: Difference): boolean {
  return where.startsWith('trials/');
}

/** @returns `rebuilt`: null if the replay stopped at the limit of differences */
async function replayed(
  input: Parameters<typeof replayStudy>[0],
  matters: (difference: Difference) => boolean = () => true,
): Promise<{ rebuilt: Rebuilt | null; differences: Difference[] }> {
  const written: StudyCheckpoint[] = [];
  const differences: Difference[] = [];
  const replay: AsyncIterator<Difference, Replayed> = replayStudy({ ...input, keep: (checkpoint) => void written.push(checkpoint) });
  try {
    for (;;) {
      const next = await replay.next();
      if (next.done) return { rebuilt: { ...next.value, written }, differences };
      if (matters(next.value)) differences.push(next.value);
      if (differences.length === differencesAtMost) return { rebuilt: null, differences };
    }
  } finally {
    await replay.return?.();
  }
}

/** Results and unfinished trials by number, as a replay looks at them. */
function inOrder(spec: ResolvedSpec, trials: readonly ExportedTrial[], unfinished: readonly UnfinishedTrial[]): ReplayTrial[] {
  const open = unfinished.map(({ seen, given, ...trial }) => ({
    ...trial,
    given: given ?? null,
    origin: jsonOf(trial.origin),
    seen: seen ?? null,
    state: 'queued' as const,
    value: null,
    diverged: false,
    error: null,
  }));
  return [...trials.map((trial) => resultOf(spec, trial)), ...open].sort((one, other) => one.number - other.number);
}

function resultOf(spec: ResolvedSpec, trial: ExportedTrial): ReplayTrial {
  const { number, generation, parameters, origin, given, seen, state, value, values, diverged, error } = trial;
  const prunedAt = prunedAtOf(trial);
  return {
    number,
    given: given ?? null,
    generation,
    parameters,
    origin: jsonOf(origin),
    seen: seen ?? null,
    state,
    value,
    ...(state === 'completed' && measuredOf(spec, values)),
    ...(prunedAt !== undefined && { prunedAt }),
    diverged,
    error: error && importedError(error.code),
  };
}

/** The step after which a trial was stopped early; absent: it was not. */
export function prunedAtOf({ state, judgements }: Pick<ExportedTrial, 'state' | 'judgements'>): number | undefined {
  return state === 'pruned' ? judgements?.at(-1)?.step : undefined;
}

/** An origin as JSON text gave it. */
function jsonOf(origin: ExportedTrial['origin']): ReplayTrial['origin'] {
  return origin as ReplayTrial['origin']; // values of a parsed JSON text are JSON
}

/** An export has the codes of errors alone. */
export function importedError(code: TrialError['code']): TrialError {
  return { code, message: `the trial failed before it was imported (${code})` };
}

/**
 * Compares ends: if the results alone end a study, the document must say so; if they do not, it must not. After a step that cannot
 * be replayed nothing is known.
 */
function endViolations({ state, outcome, observed }: StudyDocument, { end, stuck, progress }: Rebuilt): Violation[] {
  if (stuck) return [];
  if (observed !== undefined && observed !== progress.observed)
    return [{ pointer: '/document/observed', detail: `does not follow from the document: with these results it is ${progress.observed}` }];
  const expected = end && { state: end.state, outcome: end.outcome };
  if (!endsByResults(outcome)) {
    if (!expected) return [];
    return [{ pointer: '/document/state', detail: `does not follow from the document: with these results it is ${shown(expected)}` }];
  }
  if (same(expected, { state, outcome })) return [];
  const found = expected ? `it is ${shown(expected)}` : `the study has not ended, but waits for the result of trial ${progress.observed}`;
  return [{ pointer: '/document/outcome', detail: `does not follow from the document: with these results ${found}` }];
}
