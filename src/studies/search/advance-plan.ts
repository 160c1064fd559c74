import { objectiveFor } from '../../objectives/table.ts';
import { digestOf } from '../../shared/digest.ts';
import { invariant } from '../../shared/errors.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { rankingRuleOf, scoreOf } from '../definition/ranking.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import { type Draft, newDraft, observationOf, trialLimit } from './advance-draft.ts';
import type { AdvancePlan, AdvanceView, MadeSuggestions } from './plan.ts';
import { lookBeyond, propose, waitsForWindow } from './proposals.ts';
import { endIfDone, endIfHopeless, endIfImpossible, endIfReached, endIfTimeIsUp, endStudy, overText } from './study-end.ts';

/** Sequential samplers write a study checkpoint every so many observed trials. */
const checkpointEvery = 20;

/**
 * The first step of a study: its first checkpoint and its first trials. Those of a slow sampler are `due`.
 *
 * @param again for a replay: the sampler version that the study began with, and the number of its first trials (see `AdvanceView.demand`)
 */
export function planStart(
  spec: ResolvedSpec,
  { version, demand = 0 }: { readonly version?: number; readonly demand?: number } = {},
): AdvancePlan {
  const sampler = samplerOf(spec, version);
  const progress = { version: sampler.version, state: sampler.init(), observed: 0, suggested: 0, withValue: 0 };
  const draft = newDraft(
    {
      spec,
      progress,
      objectiveVersion: objectiveFor(spec.objective).version,
      checkpoints: 0,
      elapsedSeconds: 0,
      history: [],
      trials: [],
      demand,
    },
    sampler,
    null,
  );
  writeCheckpoint(draft, null);
  lookBeyond(draft);
  propose(draft);
  return finished(draft);
}

/**
 * Decides what follows from finished trials: trials to observe, trials to queue, the end of the study. A pure function: repeated on
 * the same view it gives the same plan, and on its own result, nothing.
 *
 * Trials are observed strictly by number, and checkpoints and ends follow that order; generational samplers observe whole
 * generations. With parallelism p a window sampler sees, for trial n, exactly the trials 0 … n − p. Under the asynchronous schedule
 * it sees every available result after all observable trials are observed, and each suggestion records which those were.
 *
 * Never asks a slow sampler. The plan names the suggestion that is `due` instead; once made with its inputs, the suggestion is
 * passed to the next advance, which uses it if that trial is still the next one, even if results arrived meanwhile.
 *
 * @param made suggestions of a slow sampler; those that do not fit are dropped
 */
export function planAdvance(view: AdvanceView, made: MadeSuggestions | null = null): AdvancePlan {
  const draft = newDraft(view, samplerOf(view.spec, view.progress.version), made);
  if (!endIfImpossible(draft)) {
    if (draft.sampler.learns === 'generations') observeGeneration(draft);
    else observeSequence(draft);
    if (!draft.end) endIfTimeIsUp(draft);
    if (!draft.end) lookBeyond(draft);
    if (!draft.end) propose(draft);
    if (!draft.end && !draft.due) endIfDone(draft);
  }
  return finished(draft);
}

/**
 * Queues what a raised budget lets a paused study suggest, and observes nothing. Empty for searches whose number of open trials
 * depends on timing: they go on when the study is resumed.
 */
export function planWhilePaused(view: AdvanceView): AdvancePlan {
  const draft = newDraft(view, samplerOf(view.spec, view.progress.version), null);
  if (waitsForWindow(view.spec, draft.sampler) && draft.sampler.cost === 'instant') propose(draft);
  return finished(draft);
}

function finished({ progress, checkpoints, queue, end, again, due }: Draft): AdvancePlan {
  return { progress, checkpoints, queue, end, again: again && !end, due: end ? null : due };
}

function observeSequence(draft: Draft): void {
  const inWindow = waitsForWindow(draft.view.spec, draft.sampler);
  // A slow sampler may owe suggestions that must not see the next result.
  if (inWindow && draft.sampler.cost === 'slow') propose(draft);
  for (const trial of draft.view.trials) {
    if (draft.due || trial.number !== draft.progress.observed || !isFinal(trial.state)) return;
    observe(draft, [trial]);
    if (draft.progress.observed % checkpointEvery === 0) writeCheckpoint(draft, null);
    if (endIfReached(draft, [trial], trial.number) || endIfHopeless(draft)) return;
    if (inWindow) propose(draft);
  }
}

/** Closes the generation being evaluated once all its trials are final. One advance closes at most one. */
function observeGeneration(draft: Draft): void {
  const generation = draft.sampler.generation(draft.progress.state);
  invariant(generation, 'a generational sampler has a generation');
  const end = Math.min(generation.firstTrial + generation.size, trialLimit(draft.view.spec));
  const members = draft.view.trials.filter((trial) => trial.number < end);
  if (members.length < end - generation.firstTrial || !members.every((trial) => isFinal(trial.state))) return;
  if (members.length === 0) return;
  observe(draft, members);
  writeCheckpoint(draft, generation.index);
  draft.again = true;
  if (endIfReached(draft, members, null) || endIfHopeless(draft)) return;
  if (generation.index + 1 === draft.view.spec.budget.generations)
    endStudy(draft, 'completed', {
      reason: 'budget',
      detail: overText(draft.view.spec, generation.index + 1, 'generation', 'done'),
      lastTrial: null,
    });
}

function observe(draft: Draft, trials: readonly TrialResult[]): void {
  const observations = trials.map(observationOf);
  if (draft.sampler.learns === 'history') draft.history.push(...observations);
  draft.progress = {
    ...draft.progress,
    state: draft.sampler.observe(draft.progress.state, observations),
    observed: draft.progress.observed + trials.length,
    withValue: draft.progress.withValue + withResults(draft.view.spec, trials),
  };
}

/** Number of trials with a result. Those that are measured on held-out data count even when their training diverged. */
export function withResults(spec: ResolvedSpec, trials: readonly TrialResult[]): number {
  const rule = rankingRuleOf(spec);
  return trials.filter((trial) => scoreOf(rule, trial) !== null || (spec.evaluate && trial.state === 'completed')).length;
}

function writeCheckpoint(draft: Draft, generation: number | null): void {
  const { state, observed } = draft.progress;
  const sequence = draft.view.checkpoints + draft.checkpoints.length;
  draft.checkpoints.push({
    sequence,
    generation,
    trials: observed,
    state,
    digest: digestOf(state),
    population: draft.sampler.population(state),
  });
}
