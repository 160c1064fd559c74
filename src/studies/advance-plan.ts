import type { Observation, Suggestion } from '../samplers/contract.ts';
import { oriented } from '../samplers/contract.ts';
import type { BoundSampler } from '../samplers/table.ts';
import { digestOf } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';
import { randomStream } from '../shared/random.ts';
import type { Configuration } from '../space/configuration.ts';
import type { SeenTrials } from './events/event.ts';
import { type ResolvedSpec, samplerOf } from './spec.ts';
import { isFinal } from './states.ts';
import { errorPolicies, type Outcome, type SamplerProgress, type StudyCheckpoint, type TrialResult } from './study.ts';

/** Sequential samplers write a study checkpoint every so many folded trials. */
const checkpointEvery = 20;
/** A study that folded this many trials without one value stops: more of the same would fail too. */
const hopelessAfter = 10;

/** What an advance looks at: all of it read under the study's lock. */
export interface AdvanceView {
  readonly spec: ResolvedSpec;
  readonly progress: SamplerProgress;
  /** Study checkpoints written so far. */
  readonly checkpoints: number;
  readonly elapsedSeconds: number;
  /** The trials folded so far, in order; empty where the sampler does not look at a window of results. */
  readonly history: readonly Observation[];
  /** Every trial from number `progress.folded` on, in order. */
  readonly trials: readonly TrialResult[];
}

/** A trial to be queued. */
export interface PlannedTrial extends Suggestion {
  readonly number: number;
  readonly generation: number | null;
  /** What the suggestion saw, where the schedule did not fix it. */
  readonly seen?: SeenTrials;
}

/** What an advance does, all in one transaction. `again`: another advance may find more to do at once. */
export interface AdvancePlan {
  readonly progress: SamplerProgress;
  readonly checkpoints: readonly StudyCheckpoint[];
  readonly queue: readonly PlannedTrial[];
  readonly end: { readonly state: 'completed' | 'failed'; readonly outcome: Outcome } | null;
  readonly again: boolean;
}

/** A plan in the making. */
interface Draft {
  readonly view: AdvanceView;
  readonly sampler: BoundSampler;
  progress: SamplerProgress;
  history: Observation[];
  checkpoints: StudyCheckpoint[];
  queue: PlannedTrial[];
  end: AdvancePlan['end'];
  again: boolean;
}

/** The first step of a new study: its first checkpoint and its first trials. */
export function planStart(spec: ResolvedSpec): AdvancePlan {
  const sampler = samplerOf(spec);
  const progress = { version: sampler.version, state: sampler.init(), folded: 0, proposed: 0, valued: 0 };
  const draft = newDraft({ spec, progress, checkpoints: 0, elapsedSeconds: 0, history: [], trials: [] }, sampler);
  writeCheckpoint(draft, null);
  propose(draft);
  return finished(draft);
}

/**
 * Decides what follows from the trials that finished: what is folded, which trials are queued, whether the study
 * ends. A pure function: doing it twice on the same view gives the same plan, and on its own result, nothing.
 *
 * Folding goes strictly by trial number; generational samplers fold whole generations. With parallelism p a
 * sequential sampler that looks at results sees, for trial n, exactly the trials 0 … n − p.
 */
export function planAdvance(view: AdvanceView): AdvancePlan {
  const draft = newDraft(view, samplerOf(view.spec));
  if (!endIfImpossible(draft)) {
    if (draft.sampler.sees === 'generations') foldGeneration(draft);
    else foldSequence(draft);
    if (!draft.end) endIfTimeIsUp(draft);
    if (!draft.end) propose(draft);
    if (!draft.end) endIfDone(draft);
  }
  return finished(draft);
}

function newDraft(view: AdvanceView, sampler: BoundSampler): Draft {
  return { view, sampler, progress: view.progress, history: [...view.history], checkpoints: [], queue: [], end: null, again: false };
}

function finished({ progress, checkpoints, queue, end, again }: Draft): AdvancePlan {
  return { progress, checkpoints, queue, end, again: again && !end };
}

/** A failure that every trial would share ends the study, and so does other code than the study began with. */
function endIfImpossible(draft: Draft): boolean {
  const { version, name } = draft.sampler;
  if (draft.progress.version !== version) {
    const detail = `the study began with version ${draft.progress.version} of the ${name} sampler and this service has version ${version}, which would go on differently: POST its definition again`;
    draft.end = { state: 'failed', outcome: { reason: 'version', detail, lastTrial: null } };
  }
  const fatal = draft.view.trials.find((trial) => trial.error && errorPolicies[trial.error.code].endsStudy);
  if (fatal?.error)
    draft.end = { state: 'failed', outcome: { reason: 'trainer-unavailable', detail: fatal.error.message, lastTrial: null } };
  return draft.end !== null;
}

function foldSequence(draft: Draft): void {
  for (const trial of draft.view.trials) {
    if (trial.number !== draft.progress.folded || !isFinal(trial.state)) return;
    fold(draft, [trial]);
    if (draft.progress.folded % checkpointEvery === 0) writeCheckpoint(draft, null);
    if (endIfReached(draft, [trial], trial.number) || endIfHopeless(draft)) return;
    if (draft.sampler.sees === 'window') propose(draft);
  }
}

/** Closes the generation being evaluated once all its trials are final. One advance closes at most one. */
function foldGeneration(draft: Draft): void {
  const generation = draft.sampler.generation(draft.progress.state);
  invariant(generation, 'a generational sampler has a generation');
  const end = Math.min(generation.firstTrial + generation.size, trialLimit(draft));
  const members = draft.view.trials.filter((trial) => trial.number < end);
  if (members.length < end - generation.firstTrial || !members.every((trial) => isFinal(trial.state))) return;
  if (members.length === 0) return;
  fold(draft, members);
  writeCheckpoint(draft, generation.index);
  draft.again = true;
  if (endIfReached(draft, members, null) || endIfHopeless(draft)) return;
  if (generation.index + 1 === draft.view.spec.budget.generations)
    endStudy(draft, 'completed', { reason: 'budget', detail: `${generation.index + 1} generations are done`, lastTrial: null });
}

function fold(draft: Draft, trials: readonly TrialResult[]): void {
  const observations: Observation[] = trials.map(({ number, parameters, origin, value }) => ({ number, parameters, origin, value }));
  if (draft.sampler.sees === 'window') draft.history.push(...observations);
  draft.progress = {
    ...draft.progress,
    state: draft.sampler.observe(draft.progress.state, observations),
    folded: draft.progress.folded + trials.length,
    valued: draft.progress.valued + trials.filter((trial) => isWorthSomething(draft.view.spec, trial)).length,
  };
}

/** A trial that was measured on the test split came to what was asked for, though its model diverged and its loss is no value. */
function isWorthSomething({ evaluateOnTest }: ResolvedSpec, { state, value }: TrialResult): boolean {
  return value !== null || (evaluateOnTest === true && state === 'completed');
}

function writeCheckpoint(draft: Draft, generation: number | null): void {
  const { state, folded } = draft.progress;
  const sequence = draft.view.checkpoints + draft.checkpoints.length;
  draft.checkpoints.push({
    sequence,
    generation,
    trials: folded,
    state,
    digest: digestOf(state),
    population: draft.sampler.population(state),
  });
}

/** Queues what the parallelism, the budget and the sampler allow. Where each suggestion looks at the ones before, they are asked for one by one. */
function propose(draft: Draft): void {
  const count = Math.min(freeSlots(draft), trialLimit(draft) - draft.progress.proposed);
  if (draft.sampler.sees !== 'window') {
    if (count > 0) queueSuggestions(draft, count);
    return;
  }
  for (let place = 0; place < count; place += 1) queueSuggestions(draft, 1);
}

function queueSuggestions(draft: Draft, count: number): void {
  const { spec } = draft.view;
  const { state, proposed } = draft.progress;
  const stream = (purpose: string, ...indices: number[]) => randomStream(spec.seed, purpose, ...indices);
  const proposal = draft.sampler.suggest(state, {
    firstNumber: proposed,
    count,
    stream,
    history: draft.history,
    pending: pendingOf(draft),
  });
  if (proposal.kind !== 'suggestions') return;
  const generation = draft.sampler.generation(state)?.index ?? null;
  draft.queue.push(...proposal.suggestions.map((suggestion, index) => ({ ...suggestion, number: proposed + index, generation })));
  draft.progress = { ...draft.progress, proposed: proposed + proposal.suggestions.length };
}

/** Parameters of the trials after the last folded one, finished or not: what a window may know of them. */
function pendingOf({ view, sampler, progress, queue }: Draft): Configuration[] {
  if (sampler.sees !== 'window') return [];
  const open = view.trials.filter((trial) => trial.number >= progress.folded);
  return [...open, ...queue].map((trial) => trial.parameters);
}

/**
 * How many more trials may be open. A sampler that looks at results keeps to the window that ends p trials after the
 * last folded one; for the others any finished trial makes room.
 */
function freeSlots(draft: Draft): number {
  const { spec, trials } = draft.view;
  const { folded, proposed } = draft.progress;
  if (draft.sampler.sees === 'window') return folded + spec.parallelism - proposed;
  const open = trials.filter((trial) => !isFinal(trial.state)).length + draft.queue.length;
  return spec.parallelism - open;
}

function trialLimit(draft: Draft): number {
  return draft.view.spec.budget.trials ?? Number.POSITIVE_INFINITY;
}

function endIfReached(draft: Draft, trials: readonly TrialResult[], lastTrial: number | null): boolean {
  const { metric, budget } = draft.view.spec;
  const { targetValue } = budget;
  if (targetValue === undefined) return false;
  const first = trials.find(
    (trial) => trial.value !== null && oriented(metric.direction, trial.value) >= oriented(metric.direction, targetValue),
  );
  if (!first) return false;
  endStudy(draft, 'completed', {
    reason: 'target',
    detail: `trial ${first.number} reached ${metric.name} ${first.value}, the target was ${targetValue}`,
    lastTrial,
  });
  return true;
}

function endIfHopeless(draft: Draft): boolean {
  const { folded, valued } = draft.progress;
  if (valued > 0 || folded < hopelessAfter) return false;
  endStudy(draft, 'failed', {
    reason: 'all-trials-failed',
    detail: `none of the first ${folded} trials brought a value; see their errors`,
    lastTrial: folded - 1,
  });
  return true;
}

function endIfTimeIsUp(draft: Draft): void {
  const { budget } = draft.view.spec;
  if (budget.wallClockSeconds === undefined || draft.view.elapsedSeconds < budget.wallClockSeconds) return;
  const done = draft.view.trials.filter((trial) => isFinal(trial.state)).map((trial) => trial.number);
  const lastTrial = Math.max(draft.progress.folded - 1, ...done);
  const over = `${budget.wallClockSeconds} active seconds are over`;
  if (lastTrial >= 0) endStudy(draft, 'completed', { reason: 'wall-clock', detail: over, lastTrial });
  else endStudy(draft, 'failed', { reason: 'wall-clock', detail: `${over} and no trial has finished`, lastTrial: null });
}

/** Nothing is open and nothing was queued: the trials are used up, or the sampler has no more. */
function endIfDone(draft: Draft): void {
  const { folded, proposed, valued } = draft.progress;
  if (folded < proposed || draft.queue.length > 0) return;
  if (valued === 0)
    endStudy(draft, 'failed', {
      reason: 'all-trials-failed',
      detail: `none of the ${folded} trials brought a value; see their errors`,
      lastTrial: null,
    });
  else if (proposed >= trialLimit(draft))
    endStudy(draft, 'completed', { reason: 'budget', detail: `${folded} trials are done`, lastTrial: null });
  else endStudy(draft, 'completed', { reason: 'exhausted', detail: `all ${folded} points are tried`, lastTrial: null });
}

function endStudy(draft: Draft, state: 'completed' | 'failed', outcome: Outcome): void {
  draft.end = { state, outcome };
}
