import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { failurePolicyOf } from '../model/failure.ts';
import { nextNumber } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import { suggestionLimit } from '../search/advance-draft.ts';
import { waitsForWindow } from '../search/proposals.ts';
import { type Difference, shown } from './difference.ts';
import type { NumberedBuffer, ReplayTrial } from './numbered-buffer.ts';
import { missingGiven } from './replay-differences.ts';
import type { Replay } from './replay-state.ts';

/** Next advance to replay, or trials that a client gave, or the difference that blocks it; null at the end. */
export type ReplayStep =
  | { readonly kind: 'advance'; readonly trials: readonly TrialResult[]; readonly parallelism: number }
  | { readonly kind: 'given'; readonly trials: readonly ReplayTrial[] }
  | { readonly kind: 'stuck'; readonly difference: Difference };

/** Upper bound of results and cheap suggestions in one step: some milliseconds of work. */
const cheapAtOnce = 200;

/** The pace of a replay: the parallelism of its first step, and the view of each following step. */
export interface Pace {
  readonly firstParallelism: number;
  /** @returns null at the end of the search */
  step(replay: Replay): Promise<ReplayStep | null>;
}

/**
 * The pace of a study. If the schedule does not fix the number of open trials at each result, it depended on timing, so the replay
 * chooses it: as many as are stored, and no more than the process can do at once.
 */
export function paceOf(spec: ResolvedSpec, sampler: BoundSampler): Pace {
  if (waitsForWindow(spec, sampler)) return { firstParallelism: 1, step: windowStep };
  if (sampler.learns === 'history') return { firstParallelism: 1, step: asynchronousStep };
  return { firstParallelism: Math.min(spec.parallelism, cheapAtOnce), step: cheapStep };
}

/** The next step. Trials that were given before the next suggestion come first: with their numbers, they are part of all that follows. */
export async function nextStep(replay: Replay, pace: Pace): Promise<ReplayStep | null> {
  const { buffer, progress, input } = replay;
  const first = nextNumber(progress);
  await buffer.readTo(first + cheapAtOnce);
  const trials: ReplayTrial[] = [];
  for (let trial = buffer.at(first); trial?.given; trial = buffer.at(first + trials.length)) trials.push(trial);
  if (trials.length > 0) return { kind: 'given', trials };
  const named = input.spec.givenTrials?.length ?? 0;
  return first < named ? { kind: 'stuck', difference: missingGiven(first, buffer.at(first)) } : pace.step(replay);
}

/** Number of suggestions from a number on before the next given trial in memory; infinite if there is none. */
export function untilGiven(buffer: NumberedBuffer<ReplayTrial>, first: number): number {
  for (let number = first; number < buffer.end(); number += 1) if (buffer.at(number)?.given) return number - first;
  return Number.POSITIVE_INFINITY;
}

/**
 * One suggestion at a time: first those that the window allows without another result, then a result and the suggestion
 * that it makes room for.
 */
async function windowStep(replay: Replay): Promise<ReplayStep | null> {
  const { progress, input, end } = replay;
  if (end) return null;
  const { spec } = input;
  const next = nextNumber(progress);
  const known = progress.observed + untilNotKnown(replay);
  // Once all is observed, a suggestion must follow: without one the search would end here.
  if (known > progress.observed)
    return { kind: 'advance', trials: viewOf(replay, (number) => number < known, known), parallelism: known === next ? 1 : 0 };
  const room = progress.observed + spec.parallelism - next;
  const wanted = Math.min(room, suggestionLimit(spec, progress) - progress.suggested);
  if (wanted > 0) return { kind: 'advance', trials: viewOf(replay, () => false), parallelism: next - progress.observed + 1 };
  return {
    kind: 'advance',
    trials: viewOf(replay, (number) => number === progress.observed && mayObserve(replay, number)),
    parallelism: spec.parallelism,
  };
}

/** Number of known results that are observed next. */
function untilNotKnown(replay: Replay): number {
  const { buffer, progress } = replay;
  const most = Math.min(cheapAtOnce, nextNumber(progress) - progress.observed);
  let known = 0;
  while (known < most && mayObserve(replay, progress.observed + known) && buffer.at(progress.observed + known)?.given === 'known')
    known += 1;
  return known;
}

/** Many at a time: each suggestion is a function of its number and the state alone. */
async function cheapStep(replay: Replay): Promise<ReplayStep | null> {
  const { progress, input, buffer, learns, end } = replay;
  const next = nextNumber(progress);
  await buffer.readTo(next + cheapAtOnce);
  const stored = Math.max(0, buffer.end() - next);
  // Trials that were suggested before a verdict made them needless.
  if (end && (learns === 'generations' || stored === 0)) return null;
  const canObserve = !end && mayObserve(replay, progress.observed) && isFinished(buffer.at(progress.observed));
  const atOnce = canObserve && learns === 'nothing' ? progress.observed + cheapAtOnce : Number.POSITIVE_INFINITY;
  const mayCount = (number: number): boolean => !end && number < atOnce && mayObserve(replay, number);
  // Many known results are observed by themselves.
  if (atOnce < next && untilNotKnown(replay) === cheapAtOnce)
    return { kind: 'advance', trials: viewOf(replay, mayCount, atOnce), parallelism: 0 };
  const trials = viewOf(replay, mayCount);
  const open = trials.filter(({ state }) => !isFinal(state)).length;
  // A finished trial frees its place before its generation is observed.
  const done = learns === 'generations' ? trials.filter(({ number, state }) => !isFinal(state) && isFinished(buffer.at(number))).length : 0;
  const places = Math.max(stored, end ? 0 : input.spec.parallelism - (open - done));
  return { kind: 'advance', trials, parallelism: open + Math.min(places, untilGiven(buffer, next), cheapAtOnce) };
}

/** Replays one suggestion at a time with the results visible to it; at the end the remaining results are observed at once. */
async function asynchronousStep(replay: Replay): Promise<ReplayStep | null> {
  const { progress, input, buffer, end } = replay;
  if (end) return null;
  const { observed } = progress;
  const suggested = nextNumber(progress);
  const next = buffer.at(suggested);
  if (!next) {
    if (buffer.end() > suggested) return stuckAt(suggested, undefined, 'it is not stored, and later suggestions depend on it');
    return { kind: 'advance', trials: viewOf(replay, (number) => mayObserve(replay, number)), parallelism: input.spec.parallelism };
  }
  const { seen } = next;
  if (!seen) return stuckAt(suggested, seen, 'what it saw is not stored');
  const except = new Set(seen.except);
  const saw = (number: number): boolean => number < seen.before && !except.has(number);
  const looked = Array.from({ length: Math.max(0, suggested - observed) }, (_, index) => observed + index).filter(saw);
  const isShort = seen.before === observed || saw(seen.before - 1);
  const inOrder = seen.except.every((number, index) => number > (seen.except[index - 1] ?? observed - 1) && number < seen.before);
  if (seen.before < observed || seen.before > suggested || !isShort || !inOrder)
    return stuckAt(suggested, seen, 'it cannot have seen that');
  if (!looked.every((number) => isFinished(buffer.at(number))))
    return stuckAt(suggested, seen, 'it cannot have seen the result of a trial that has none');
  const trials = viewOf(replay, saw);
  return { kind: 'advance', trials, parallelism: trials.filter(({ state }) => !isFinal(state)).length + 1 };
}

function stuckAt(number: number, seen: unknown, detail: string): ReplayStep {
  const where = seen === undefined ? `trials/${number}` : `trials/${number}/seen`;
  return { kind: 'stuck', difference: { where, expected: 'which results it saw', found: shown(seen), detail } };
}

/**
 * The trials from the first unobserved one on, stored if available, else as suggested.
 *
 * @param mayCount true if a result is visible already
 * @param end of them: a step that suggests nothing needs no others
 */
function viewOf(replay: Replay, mayCount: (number: number) => boolean, end = nextNumber(replay.progress)): TrialResult[] {
  const { progress, buffer, suggested } = replay;
  return Array.from({ length: end - progress.observed }, (_, place) => progress.observed + place).flatMap((number) => {
    const planned = suggested.get(number);
    const trial = buffer.at(number) ?? planned;
    if (!trial || !planned) return [];
    const { parameters, origin } = trial;
    const result = 'state' in trial && isFinished(trial) ? trial : null;
    const known = mayCount(number) ? result : null;
    // A known result is visible before its turn to be observed.
    const { value, metricValues, violation, prunedAt } = (planned.given === 'known' ? result : known) ?? { value: null };
    return [
      {
        number,
        index: planned.index,
        given: planned.given,
        parameters,
        origin,
        state: known?.state ?? 'queued',
        value,
        ...(metricValues && { metricValues }),
        ...(violation !== undefined && { violation }),
        ...(prunedAt !== undefined && { prunedAt }),
        diverged: known?.diverged ?? false,
        error: null,
      },
    ];
  });
}

/** True if the stored study observed this trial. */
function mayObserve({ input }: Replay, number: number): boolean {
  return input.observed === undefined || number < input.observed;
}

/** True if a trial has a result that a search can use: a failure that ended the study was never observed. */
function isFinished(trial: ReplayTrial | undefined): boolean {
  if (!trial || !isFinal(trial.state) || trial.state === 'cancelled') return false;
  return !(trial.error && failurePolicyOf(trial.error).endsStudy);
}
