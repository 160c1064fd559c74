import { objectiveFor } from '../../objectives/table.ts';
import { digestOf } from '../../shared/digest.ts';
import { invariant } from '../../shared/errors.ts';
import { type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { countsAsResult } from '../definition/ranking.ts';
import { noProgress } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import { type Draft, newDraft, observationOf, suggestionLimit } from './advance-draft.ts';
import { progressAfter } from './given.ts';
import { knownRun } from './known-run.ts';
import type { AdvancePlan, AdvanceView, MadeSuggestions } from './plan.ts';
import { lookBeyond, propose, waitsForWindow } from './proposals.ts';
import { endIfDone, endIfHopeless, endIfImpossible, endIfReached, endIfTimeIsUp, endStudy, overText } from './study-end.ts';

/** Sequential samplers write a study checkpoint every so many observed trials. */
const checkpointEvery = 20;

/**
 * The first step of a study: its first checkpoint and its first trials. Those of a slow sampler are `due`. A study with given trials
 * begins with these, and an advance goes on from them.
 *
 * @param again for a replay: the sampler version that the study began with, and the number of its first trials (see `AdvanceView.demand`)
 */
export function planStart(
  spec: ResolvedSpec,
  { version, demand = 0 }: { readonly version?: number; readonly demand?: number } = {},
): AdvancePlan {
  const sampler = samplerOf(spec, version);
  const { givenTrials: given = [] } = spec;
  const progress = progressAfter({ version: sampler.version, state: sampler.init(), ...noProgress }, given);
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
  if (given.length > 0) return finished({ ...draft, again: true });
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
  if (!endIfImpossible(draft) && !observesKnownRun(draft)) {
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

/**
 * Observes some of many known results, and nothing else: a study may have thousands, and no step takes long. The next step goes on
 * from there. A generation observes its guests together with its members.
 */
function observesKnownRun(draft: Draft): boolean {
  const run = draft.sampler.learns === 'generations' ? [] : knownRun(draft.view);
  for (const trial of run) observeNext(draft, trial);
  draft.again = run.length > 0;
  return draft.again;
}

function observeSequence(draft: Draft): void {
  const inWindow = waitsForWindow(draft.view.spec, draft.sampler);
  // A slow sampler may owe suggestions that must not see the next result.
  if (inWindow && draft.sampler.cost === 'slow') propose(draft);
  for (const trial of draft.view.trials) {
    if (draft.due || trial.number !== draft.progress.observed || !isFinal(trial.state)) return;
    observeNext(draft, trial);
    // A known result ends no study.
    if (trial.given !== 'known' && (endIfReached(draft, [trial], trial.number) || endIfHopeless(draft))) return;
    if (inWindow) propose(draft);
  }
}

/** Observes the next trial of a sequence. */
function observeNext(draft: Draft, trial: TrialResult): void {
  observe(draft, [trial]);
  if (draft.progress.observed % checkpointEvery === 0) writeCheckpoint(draft, null);
}

/**
 * Closes the generation being evaluated, or one of its rungs, once all its trials are final. One advance closes at most one. Given trials before
 * its last member are observed with it.
 */
function observeGeneration(draft: Draft): void {
  const generation = draft.sampler.generation(draft.progress.state);
  invariant(generation, 'a generational sampler has a generation');
  const { spec, trials } = draft.view;
  // A trial that was enqueued late is charged, but takes no place that a suggestion has.
  const allowed = Math.max(suggestionLimit(spec, draft.progress), draft.progress.suggested);
  const end = Math.min(generation.firstIndex + generation.size, allowed);
  const members = trials.filter(({ index }) => index !== null && index < end);
  if (members.length < end - generation.firstIndex) return;
  // Without another member there is no other generation that the last given trials could join.
  const last = members.at(-1)?.number ?? Number.POSITIVE_INFINITY;
  const seen = trials.filter(({ number }) => number <= last);
  if (seen.length === 0 || !seen.every(({ state }) => isFinal(state))) return;
  if (members.length === 0) {
    count(draft, seen);
    return;
  }
  observe(draft, seen);
  const closed = draft.sampler.generation(draft.progress.state)?.index !== generation.index;
  writeCheckpoint(draft, closed ? generation.index : null);
  draft.again = true;
  if (endIfReached(draft, seen, null) || endIfHopeless(draft)) return;
  if (closed && generation.index + 1 === spec.budget.generations)
    endStudy(draft, 'completed', {
      reason: 'budget',
      detail: overText(spec, generation.index + 1, 'generation', 'done'),
      lastTrial: null,
    });
}

function observe(draft: Draft, trials: readonly TrialResult[]): void {
  const observations = trials.map(observationOf);
  if (draft.sampler.readsHistory) draft.news.push(...observations);
  draft.progress = { ...draft.progress, state: draft.sampler.observe(draft.progress.state, observations) };
  count(draft, trials);
}

function count(draft: Draft, trials: readonly TrialResult[]): void {
  const { observed, withValue } = draft.progress;
  const results = withResults(draft.view.spec, trials);
  draft.progress = { ...draft.progress, observed: observed + trials.length, withValue: withValue + results };
}

/**
 * Number of evaluated trials with a result. Those that are measured on held-out data count even when their training diverged, and a trial
 * beyond a limit has a result too; so has one that was stopped early, if it had a value.
 */
export function withResults(spec: ResolvedSpec, trials: readonly TrialResult[]): number {
  return trials.filter(
    (trial) =>
      trial.given !== 'known' &&
      (countsAsResult(spec, trial) || (spec.evaluate && trial.state === 'completed') || (trial.state === 'pruned' && trial.value !== null)),
  ).length;
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
