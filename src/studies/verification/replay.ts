import { setImmediate } from 'node:timers/promises';
import { objectiveFor } from '../../objectives/table.ts';
import { digestOf } from '../../shared/digest.ts';
import { invariant } from '../../shared/errors.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { movesOn, nextNumber } from '../model/progress.ts';
import type { SamplerProgress, StudyCheckpoint } from '../model/study.ts';
import { observationOf } from '../search/advance-draft.ts';
import { planAdvance, planStart } from '../search/advance-plan.ts';
import type { AdvancePlan, PlannedTrial } from '../search/plan.ts';
import { SamplerFaultError } from '../search/suggest.ts';
import type { Difference } from './difference.ts';
import { type NumberedBuffer, numberedBuffer, type ReplayTrial } from './numbered-buffer.ts';
import {
  checkpointDifferences,
  givenDifferences,
  missingCheckpoint,
  suggestionDifferences,
  surplusCheckpoint,
  surplusTrial,
} from './replay-differences.ts';
import type { Replay, ReplayInput } from './replay-state.ts';
import { nextStep, paceOf, type ReplayStep, untilGiven } from './replay-steps.ts';

/** Something stored that does not follow from the definition and the results. */
export type ReplayDifference = Difference;

/** End of a replay. */
export interface Replayed {
  /** Progress of the search at that point, with its sampler's state. */
  readonly progress: SamplerProgress;
  /** Indices of suggestions whose trials have other numbers, by number. */
  readonly indices: ReadonlyMap<number, number>;
  /** Study checkpoints that it writes. */
  readonly checkpoints: number;
  /** The end of the study; null if it continues. */
  readonly end: AdvancePlan['end'];
  /** Trials that the search suggests and that are not stored, ordered by number: in a study that continues, the trials to queue. */
  readonly missing: readonly PlannedTrial[];
  /** True if the replay could not continue; a difference gives the reason. */
  readonly stuck: boolean;
}

/**
 * Searches again with the stored results, by the same functions that plan a study, and compares the outcome with the stored data:
 * each suggestion (parameters, origin, generation, visible results) and each study checkpoint. A pure function except for its
 * pauses: yields to the event loop after each step, which makes one suggestion if suggestions are costly; those of a slow sampler
 * are made by the planner.
 *
 * Stored trials and results are taken as they are, even after a difference. Only what is derived from them is compared.
 * `wallClockSeconds` is ignored.
 *
 * @returns the end of the replay, as the value of the finished generator
 */
export async function* replayStudy(input: ReplayInput): AsyncGenerator<ReplayDifference, Replayed> {
  const sampler = samplerOf(input.spec, input.samplerVersion);
  const pace = paceOf(input.spec, sampler);
  await using buffer = numberedBuffer(input.trials, ({ number }) => number);
  await using checkpoints = numberedBuffer(input.checkpoints, ({ sequence }) => sequence);
  await buffer.readTo(pace.firstParallelism);
  const { givenTrials = [], ...spec } = input.spec;
  const parallelism = givenTrials.length > 0 ? 0 : Math.min(pace.firstParallelism, untilGiven(buffer, 0));
  const start = planStart({ ...spec, parallelism }, { version: input.samplerVersion, demand: buffer.end() });
  const replay: Replay = {
    input,
    learns: sampler.learns,
    readsHistory: sampler.readsHistory,
    buffer,
    checkpoints,
    suggested: new Map(),
    given: [],
    indices: new Map(),
    history: [],
    made: null,
    progress: start.progress,
    written: 0,
    end: null,
    stuck: false,
  };
  yield* compared(replay, start);
  yield* made(replay, start);
  for (let moves = !replay.stuck; moves; await setImmediate()) {
    const step = await nextStep(replay, pace);
    moves = step !== null && (yield* taken(replay, step));
  }
  const missing = [...replay.suggested.values()].filter(({ number }) => !buffer.at(number));
  yield* surplus(replay);
  const { progress, indices, written, end, stuck } = replay;
  return { progress, indices, checkpoints: written, end, missing, stuck };
}

/** @returns whether it brought the replay on */
async function* taken(replay: Replay, step: ReplayStep): AsyncGenerator<Difference, boolean> {
  if (step.kind === 'given') {
    for (const trial of step.trials) yield* takenGiven(replay, trial);
    replay.given = [...replay.given, ...step.trials.map(({ parameters }) => parameters)];
    return true;
  }
  const plan = step.kind === 'stuck' ? step.difference : planOf(replay, step);
  if ('where' in plan) {
    replay.stuck = true;
    yield plan;
    return false;
  }
  const moved = movesOn(replay.progress, plan.progress);
  replay.end ??= plan.end;
  if (moved) yield* compared(replay, plan);
  yield* made(replay, plan);
  return !replay.stuck && (moved || replay.made !== null);
}

/** Adds a trial that a client gave. */
function* takenGiven(replay: Replay, trial: ReplayTrial): Generator<Difference> {
  const { number, given, parameters, origin } = trial;
  invariant(given, 'a step of given trials has no suggestion');
  const named = replay.input.spec.givenTrials?.[number];
  if (named) yield* givenDifferences(named, trial, replay.input.spec);
  replay.suggested.set(number, { number, index: null, given, generation: null, parameters, origin });
  replay.progress = { ...replay.progress, [given]: replay.progress[given] + 1 };
}

/** Makes the suggestions that a plan waits for, for the step after it. */
async function* made(replay: Replay, { due }: AdvancePlan): AsyncGenerator<Difference> {
  replay.made = null;
  if (!due) return;
  try {
    replay.made = { due, proposal: await replay.input.planner.suggest(due.inputs) };
  } catch (error) {
    if (!(error instanceof SamplerFaultError)) throw error;
    replay.stuck = true;
    yield cannotGoOn(due.observed, error.message);
  }
}

/** The plan of a step, or the difference that prevents it: results that the sampler can never have received. */
function planOf(replay: Replay, { trials, parallelism }: Extract<ReplayStep, { kind: 'advance' }>): AdvancePlan | Difference {
  const { input, progress, history, written, buffer } = replay;
  const spec: ResolvedSpec = { ...input.spec, parallelism };
  const demand = Math.max(0, buffer.end() - nextNumber(progress));
  try {
    return planAdvance(
      {
        spec,
        progress,
        objectiveVersion: objectiveFor(spec.objective).version,
        checkpoints: written,
        elapsedSeconds: 0,
        history,
        trials,
        demand,
        given: replay.given,
      },
      replay.made,
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return cannotGoOn(progress.observed, error.message);
  }
}

function cannotGoOn(number: number, reason: string): Difference {
  const detail = `the search cannot go on from what is stored: ${reason}`;
  return { where: `trials/${number}`, expected: 'what a search suggested', found: 'something else', detail };
}

/** Compares a plan with the stored data, and advances the replay by it. */
async function* compared(replay: Replay, plan: AdvancePlan): AsyncGenerator<Difference> {
  const { buffer, suggested } = replay;
  for (const suggestion of plan.queue) {
    suggested.set(suggestion.number, suggestion);
    if (suggestion.index !== null && suggestion.index !== suggestion.number) replay.indices.set(suggestion.number, suggestion.index);
    const stored = buffer.at(suggestion.number);
    if (stored) yield* suggestionDifferences(suggestion, stored);
  }
  for (const checkpoint of plan.checkpoints) yield* checkpointed(replay, checkpoint);
  replay.written += plan.checkpoints.length;
  const { observed } = plan.progress;
  for (let number = replay.progress.observed; number < observed; number += 1) {
    const trial = buffer.at(number);
    if (trial && replay.readsHistory) replay.history.push(observationOf({ ...trial, index: suggested.get(number)?.index ?? null }));
    suggested.delete(number);
  }
  buffer.forget(observed);
  replay.progress = plan.progress;
}

async function* checkpointed({ input, checkpoints }: Replay, written: StudyCheckpoint): AsyncGenerator<Difference> {
  input.keep?.(written);
  await checkpoints.readTo(written.sequence + 1);
  const stored = checkpoints.at(written.sequence);
  if (stored) yield* checkpointDifferences(written, stored, digestOf(stored.state));
  else yield missingCheckpoint(written);
  checkpoints.forget(written.sequence + 1);
}

/** Reports stored data beyond the end of the replay. */
async function* surplus({ buffer, checkpoints, progress, written, end, stuck }: Replay): AsyncGenerator<Difference> {
  if (stuck) return;
  const waitsFor = end ? null : progress.observed;
  yield* beyond(buffer, nextNumber(progress), (trial) => surplusTrial(trial, waitsFor));
  yield* beyond(checkpoints, written, surplusCheckpoint);
}

async function* beyond<Item>(
  buffer: NumberedBuffer<Item>,
  from: number,
  differenceOf: (item: Item) => Difference,
): AsyncGenerator<Difference> {
  for (let number = from; ; number += 1) {
    await buffer.readTo(number + 1);
    if (number >= buffer.end()) return;
    const item = buffer.at(number);
    if (item) yield differenceOf(item);
    buffer.forget(number + 1);
  }
}
