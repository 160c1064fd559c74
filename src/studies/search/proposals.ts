import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { Observation } from '../../samplers/contract.ts';
import type { Configuration } from '../../space/configuration.ts';
import { metricOf, type ResolvedSpec } from '../definition/definition.ts';
import { sameSeedUntil, seedOf } from '../definition/lineage.ts';
import { isFinal } from '../model/states.ts';
import { type Draft, observationOf, trialLimit } from './advance-draft.ts';
import { suggestsOnDemand } from './on-demand.ts';
import type { DueSuggestions, MadeSuggestions } from './plan.ts';
import { suggest } from './suggest.ts';

/** True if trial n waits for the results of the trials 0 … n − parallelism, and sees no others. */
export function waitsForWindow({ schedule }: Pick<ResolvedSpec, 'schedule'>, { learns }: Pick<BoundSampler, 'learns'>): boolean {
  return learns === 'history' && schedule === 'deterministic';
}

/**
 * Asynchronous schedule: lets the following suggestions also see trials that finished beyond the observed ones, and records which.
 * Called after all observable trials are observed.
 */
export function lookBeyond(draft: Draft): void {
  const { view, sampler, progress, history } = draft;
  if (sampler.learns !== 'history' || waitsForWindow(view.spec, sampler)) return;
  const beyond = view.trials.filter(({ number }) => number >= progress.observed);
  const finished = beyond.filter(({ state }) => isFinal(state));
  history.push(...finished.map(observationOf));
  const before = (finished.at(-1)?.number ?? progress.observed - 1) + 1;
  const except = beyond.filter(({ number, state }) => number < before && !isFinal(state)).map(({ number }) => number);
  draft.seen = { before, except };
}

/**
 * Queues as many trials as the parallelism, the budget, the demand and the sampler allow. If each suggestion depends on the ones before, or is
 * slow, they are requested one by one; else as many at once as share a seed. A suggestion of a slow sampler that is not made yet
 * becomes `due`.
 */
export function propose(draft: Draft): void {
  const { sampler, view } = draft;
  const oneByOne = sampler.learns === 'history' || sampler.cost === 'slow';
  const demand = suggestsOnDemand(view.spec, sampler) ? (view.demand ?? 0) - draft.queue.length : Number.POSITIVE_INFINITY;
  let places = Math.min(freePlaces(draft), trialLimit(view.spec) - draft.progress.suggested, demand);
  while (places > 0 && !draft.due) {
    const { suggested } = draft.progress;
    const asked = oneByOne ? 1 : Math.min(places, sameSeedUntil(view.spec, suggested) - suggested);
    if (queueSuggestions(draft, asked) < asked) return;
    places -= asked;
  }
}

/** @returns how many of them the sampler gave */
function queueSuggestions(draft: Draft, count: number): number {
  const due = dueSuggestions(draft, count);
  const made = draft.sampler.cost === 'instant' ? { due, proposal: suggest(due.inputs) } : takeMade(draft, due);
  if (!made) draft.due = due;
  if (made?.proposal.kind !== 'suggestions') return 0;
  const { state, suggested } = draft.progress;
  const generation = draft.sampler.generation(state)?.index ?? null;
  const { suggestions } = made.proposal;
  const seen = made.due.seen ? { seen: made.due.seen } : {};
  draft.queue.push(...suggestions.map((suggestion, index) => ({ ...suggestion, number: suggested + index, generation, ...seen })));
  draft.progress = { ...draft.progress, suggested: suggested + suggestions.length };
  return suggestions.length;
}

function dueSuggestions(draft: Draft, count: number): DueSuggestions {
  const { spec } = draft.view;
  const { version, state, suggested, observed } = draft.progress;
  const problem = { space: spec.searchSpace, direction: metricOf(spec).direction };
  const seed = seedOf(spec, suggested);
  const history = visibleHistory(draft);
  const learned = { history, pending: [...draft.history.slice(history.length).map((trial) => trial.parameters), ...pendingOf(draft)] };
  return {
    inputs: { problem, options: spec.sampler, version, state, seed, firstNumber: suggested, count, ...learned },
    observed,
    seen: draft.seen,
  };
}

/**
 * The observed results that the next suggestion sees. A window that waits ends p trials before it, even if more were observed: those
 * that a smaller budget had let the search observe before it was raised.
 */
function visibleHistory({ view: { spec }, sampler, history, progress: { suggested } }: Draft): readonly Observation[] {
  if (!waitsForWindow(spec, sampler)) return history;
  const visible = Math.max(suggested - spec.parallelism + 1, 0);
  return history.length > visible ? history.slice(0, visible) : history;
}

/**
 * Consumes the suggestion made for this advance if it is for the next trial. A suggestion remains valid after more trials finished:
 * if the schedule fixes the visible results, they are the same; otherwise the suggestion records them. An answer of no suggestion
 * is valid only while nothing new is known.
 */
function takeMade(draft: Draft, now: DueSuggestions): MadeSuggestions | null {
  const { made } = draft;
  draft.made = null;
  if (made?.due.inputs.firstNumber !== now.inputs.firstNumber) return null;
  const isStale = made.due.observed !== now.observed || made.due.inputs.history.length !== now.inputs.history.length;
  return made.proposal.kind !== 'suggestions' && isStale ? null : made;
}

/** Parameters of trials whose results are not visible to the next suggestion, ordered by number. */
function pendingOf({ view, sampler, progress, seen, queue }: Draft): Configuration[] {
  if (sampler.learns !== 'history') return [];
  // A finished trial beyond the window is as unknown as a running one; if all results are visible, only open trials remain.
  const unknown = view.trials.filter(({ number, state }) => number >= progress.observed && !(seen && isFinal(state)));
  return [...unknown, ...queue].map((trial) => trial.parameters);
}

/**
 * Number of further trials that may be open. The window of a waiting sampler ends p trials after the last observed one; for other
 * samplers every finished trial frees a place.
 */
function freePlaces(draft: Draft): number {
  const { spec, trials } = draft.view;
  const { observed, suggested } = draft.progress;
  if (waitsForWindow(spec, draft.sampler)) return observed + spec.parallelism - suggested;
  const open = trials.filter((trial) => !isFinal(trial.state)).length + draft.queue.length;
  return spec.parallelism - open;
}
