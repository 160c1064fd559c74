import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import type { History, Observation } from '../../samplers/observation.ts';
import { canonicalText } from '../../shared/digest.ts';
import { firstOf, followedBy, itemsFrom } from '../../shared/shared-list.ts';
import type { Configuration } from '../../space/configuration.ts';
import { problemOf, type ResolvedSpec } from '../definition/definition.ts';
import { sameSeedUntil, seedOf } from '../definition/lineage.ts';
import { nextNumber } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { TrialResult } from '../model/trial.ts';
import { type Draft, historyOf, observationOf, suggestionLimit } from './advance-draft.ts';
import { suggestsOnDemand } from './on-demand.ts';
import type { DueSuggestions, MadeSuggestions } from './plan.ts';
import { suggest } from './suggest.ts';

/**
 * True if trial n waits for the results of the trials 0 … n − parallelism, and sees no others: its suggestion does, or its judgements by a
 * pruner do. (A generation waits for the one before.)
 */
export function waitsForWindow(
  { schedule, pruner }: Pick<ResolvedSpec, 'schedule' | 'pruner'>,
  { learns }: Pick<BoundSampler, 'learns'>,
): boolean {
  if (schedule !== 'deterministic') return false;
  return learns === 'history' || (learns === 'nothing' && pruner !== undefined);
}

/**
 * Asynchronous schedule: lets the following suggestions also see trials that finished beyond the observed ones, and records which.
 * Called after all observable trials are observed.
 */
export function lookBeyond(draft: Draft): void {
  const { view, sampler, progress, news } = draft;
  if (sampler.learns !== 'history' || waitsForWindow(view.spec, sampler)) return;
  const beyond = view.trials.filter(({ number }) => number >= progress.observed);
  const finished = beyond.filter(({ state }) => isFinal(state));
  news.push(...finished.map(observationOf));
  const before = (finished.at(-1)?.number ?? progress.observed - 1) + 1;
  const except = beyond.filter(({ number, state }) => number < before && !isFinal(state)).map(({ number }) => number);
  draft.seen = { before, except };
}

/**
 * Trials that the suggestions of one step compute with, all together: some tens of milliseconds. Beyond it another step goes on, so that
 * many suggestions from a long history neither block the process nor hold the study's lock for seconds.
 */
const lookedAtMost = 40_000;

/**
 * True if one step may leave suggestions to the next one, though all that they depend on is observed. An upper
 * bound: it counts all trials for each suggestion, although some samplers compute with fewer.
 */
export function mayTakeSteps({ spec, progress }: Pick<Draft['view'], 'spec' | 'progress'>): boolean {
  return spec.parallelism * nextNumber(progress) > lookedAtMost;
}

/**
 * Queues as many trials as the parallelism, the budget, the demand and the sampler allow. If each suggestion depends on the ones before, or is
 * slow, they are requested one by one; else as many at once as share a seed. A suggestion that a given trial made needless is dropped. A suggestion of a slow sampler that is not made yet
 * becomes `due`.
 */
export function propose(draft: Draft): void {
  const { sampler, view } = draft;
  const oneByOne = sampler.learns === 'history' || sampler.cost === 'slow';
  const demand = suggestsOnDemand(view.spec) ? (view.demand ?? 0) - draft.queue.length : Number.POSITIVE_INFINITY;
  const budget = suggestionLimit(view.spec, draft.progress) - draft.progress.suggested;
  let places = Math.min(freePlaces(draft), budget, demand, leftInGeneration(draft));
  while (places > 0 && !draft.due) {
    if (draft.looked >= lookedAtMost) {
      draft.again = true;
      return;
    }
    const number = nextNumber(draft.progress);
    const asked = oneByOne ? 1 : Math.min(places, sameSeedUntil(view.spec, number) - number);
    if (queueSuggestions(draft, asked) < asked) return;
    places -= nextNumber(draft.progress) - number;
  }
}

/** Suggestions that the generation being evaluated still lacks: a slow sampler is not asked in vain. Infinite without generations. */
function leftInGeneration({ sampler, progress }: Draft): number {
  const generation = sampler.generation(progress.state);
  return generation ? generation.firstIndex + generation.size - progress.suggested : Number.POSITIVE_INFINITY;
}

/** @returns how many of them the sampler gave */
function queueSuggestions(draft: Draft, count: number): number {
  const due = dueSuggestions(draft, count);
  draft.looked += draft.sampler.looksAt(due.inputs.history.length) + due.inputs.pending.length;
  const made = draft.sampler.cost === 'instant' ? { due, proposal: suggest(due.inputs) } : takeMade(draft, due);
  if (!made) draft.due = due;
  if (made?.proposal.kind !== 'suggestions') return 0;
  const generation = draft.sampler.generation(draft.progress.state)?.index ?? null;
  const seen = made.due.seen ? { seen: made.due.seen } : {};
  for (const suggestion of made.proposal.suggestions) {
    const { suggested: index, skipped } = draft.progress;
    if (isGiven(draft, suggestion.parameters)) {
      draft.progress = { ...draft.progress, suggested: index + 1, skipped: skipped + 1 };
      continue;
    }
    draft.queue.push({ ...suggestion, number: nextNumber(draft.progress), index, given: null, generation, ...seen });
    draft.progress = { ...draft.progress, suggested: index + 1 };
  }
  return made.proposal.suggestions.length;
}

/** True if a sampler that tries each point once suggests one that was given. */
function isGiven({ sampler, view: { given = [] } }: Draft, parameters: Configuration): boolean {
  return sampler.skipsGiven && given.length > 0 && textsOf(given).has(canonicalText(parameters));
}

/** Canonical texts of the configurations of a list. */
const knownTexts = new WeakMap<readonly Configuration[], ReadonlySet<string>>();
/** Canonical text of a configuration. A longer list contains the configurations of a shorter one, so that their texts are made once. */
const knownText = new WeakMap<Configuration, string>();

function textsOf(given: readonly Configuration[]): ReadonlySet<string> {
  const texts = knownTexts.get(given) ?? new Set(given.map(textOf));
  knownTexts.set(given, texts);
  return texts;
}

function textOf(configuration: Configuration): string {
  const text = knownText.get(configuration) ?? canonicalText(configuration);
  knownText.set(configuration, text);
  return text;
}

function dueSuggestions(draft: Draft, count: number): DueSuggestions {
  const { spec } = draft.view;
  const { version, state, suggested, observed } = draft.progress;
  const problem = problemOf(spec);
  const firstNumber = nextNumber(draft.progress);
  const seed = seedOf(spec, firstNumber);
  const learned = { history: visibleTo(draft), pending: pendingOf(draft) };
  return {
    inputs: { problem, options: spec.sampler, version, state, seed, firstIndex: suggested, count, ...learned },
    firstNumber,
    observed,
    seen: draft.seen,
  };
}

/**
 * Takes the suggestion that was made for this advance, if it is for the next trial. It remains valid after more trials have finished:
 * either the schedule fixes the results that it sees, or it records them. The answer that there is no suggestion is valid only while no
 * other result is known.
 */
function takeMade(draft: Draft, now: DueSuggestions): MadeSuggestions | null {
  const { made } = draft;
  draft.made = null;
  if (made?.due.firstNumber !== now.firstNumber || made.due.inputs.firstIndex !== now.inputs.firstIndex) return null;
  const isStale = made.due.observed !== now.observed || made.due.inputs.history.length !== now.inputs.history.length;
  return made.proposal.kind !== 'suggestions' && isStale ? null : made;
}

/**
 * The results that the next suggestion sees. A window that waits ends p trials before it, even if more trials were observed, as under a
 * smaller budget that was raised since. A known result is visible to every later suggestion.
 */
function visibleTo(draft: Draft): History {
  const { view, sampler, progress } = draft;
  const history = historyOf(draft);
  if (sampler.learns !== 'history' || !waitsForWindow(view.spec, sampler)) return history;
  const known = view.trials.filter((trial) => isKnownAhead(trial, progress.observed)).map(observationOf);
  const end = windowEnd(draft, history);
  const knownBeyond = itemsFrom(history, end).filter((observation) => observation.known === true);
  return followedBy(firstOf(history, end), [...knownBeyond, ...known]);
}

/** Observed results beyond the window of the next suggestion. */
function hiddenFrom(draft: Draft): Observation[] {
  if (!waitsForWindow(draft.view.spec, draft.sampler)) return [];
  const history = historyOf(draft);
  return itemsFrom(history, windowEnd(draft, history)).filter(({ known }) => known !== true);
}

/** Number of observed results up to the end of the window of the next suggestion. */
function windowEnd({ view: { spec }, progress }: Draft, history: History): number {
  const last = nextNumber(progress) - spec.parallelism;
  let end = history.length;
  while (end > 0 && (history.at(end - 1)?.number ?? 0) > last) end -= 1;
  return end;
}

/** True for a known result that is not observed yet. It is visible at once. */
function isKnownAhead({ number, given }: TrialResult, observed: number): boolean {
  return given === 'known' && number >= observed;
}

/** Parameters of trials whose results are not visible to the next suggestion, ordered by number. */
function pendingOf(draft: Draft): Configuration[] {
  const { view, sampler, progress, seen, queue } = draft;
  if (!sampler.readsHistory) return [];
  // A finished trial beyond the window is as unknown as a running one; if all results are visible, only open trials remain.
  const unknown = view.trials.filter((trial) => {
    const isVisible = seen ? isFinal(trial.state) : isKnownAhead(trial, progress.observed);
    return trial.number >= progress.observed && !isVisible;
  });
  return [...hiddenFrom(draft), ...unknown, ...queue].map((trial) => trial.parameters);
}

/**
 * Number of further trials that may be open. The window of a waiting sampler ends p trials after the last observed one; for other
 * samplers every finished trial frees a place.
 */
function freePlaces(draft: Draft): number {
  const { spec, trials, isFull } = draft.view;
  if (isFull) return 0;
  if (waitsForWindow(spec, draft.sampler)) return draft.progress.observed + spec.parallelism - nextNumber(draft.progress);
  const open = trials.filter((trial) => !isFinal(trial.state)).length + draft.queue.length;
  return spec.parallelism - open;
}
