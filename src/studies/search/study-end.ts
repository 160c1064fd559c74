import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { oriented } from '../../samplers/contract.ts';
import { counted, formFor } from '../../shared/counted.ts';
import { metricOf } from '../definition/definition.ts';
import { rankingRuleOf, scoreOf } from '../definition/ranking.ts';
import { failurePolicyOf } from '../model/failure.ts';
import { nextNumber } from '../model/progress.ts';
import { isFinal } from '../model/states.ts';
import type { Outcome } from '../model/study.ts';
import type { TrialResult } from '../model/trial.ts';
import { type Draft, suggestionLimit } from './advance-draft.ts';
import { hasMore } from './has-more.ts';
import { suggestsOnDemand } from './on-demand.ts';

/** A study that evaluated this many trials without one result stops: more of the same would fail too. */
const hopelessAfter = 10;

/**
 * Reason why a study cannot continue in this service, for people; null if it can. Continuing under another sampler version would
 * silently break reproducibility. Another version of the objective is no reason: see `canQueueTrials`.
 */
export function versionDifference({ name, version }: Pick<BoundSampler, 'name' | 'version'>, began: number): string | null {
  if (began === version) return null;
  const difference = `the study began with version ${began} of the ${name} sampler and this service has version ${version}, which would suggest other trials`;
  return `${difference}: POST its definition again to search with the code of this service`;
}

/** A failure that every trial would share ends the study, and so does another sampler than the study began with. */
export function endIfImpossible(draft: Draft): boolean {
  const { sampler, progress, view } = draft;
  const difference = versionDifference(sampler, progress.version);
  if (difference !== null) return endStudy(draft, 'failed', { reason: 'version', detail: difference, lastTrial: null });
  const fatal = view.trials.find((trial) => trial.error && failurePolicyOf(trial.error).endsStudy);
  if (!fatal?.error) return false;
  return endStudy(draft, 'failed', { reason: 'trainer-unavailable', detail: fatal.error.message, lastTrial: null });
}

/**
 * Ends the study if one of these trials reached the target value. A known result ends no study.
 *
 * @param lastTrial the last trial that then counts
 */
export function endIfReached(draft: Draft, trials: readonly TrialResult[], lastTrial: number | null): boolean {
  const metric = metricOf(draft.view.spec);
  const { targetValue } = draft.view.spec.budget;
  if (targetValue === undefined) return false;
  const target = oriented(metric.direction, targetValue);
  const first = trials.find(
    (trial) => trial.given !== 'known' && (scoreOf(rankingRuleOf(draft.view.spec), trial) ?? Number.NEGATIVE_INFINITY) >= target,
  );
  if (!first) return false;
  const detail = `trial ${first.number} reached ${metric.name} ${first.value}, the target was ${targetValue}`;
  return endStudy(draft, 'completed', { reason: 'target', detail, lastTrial });
}

/** Ends the study where too many trials were evaluated without one result. */
export function endIfHopeless(draft: Draft): boolean {
  const { observed, withValue } = draft.progress;
  const evaluated = withValue > 0 ? 0 : evaluatedTrials(draft);
  if (evaluated < hopelessAfter) return false;
  const detail = withoutResult(draft, evaluated, `the first ${evaluated} trials`);
  return endStudy(draft, 'failed', { reason: 'all-trials-failed', detail, lastTrial: observed - 1 });
}

/** Number of observed trials that were evaluated here: all but known results. */
function evaluatedTrials({ view, progress: { observed, known } }: Draft): number {
  const ahead = view.trials.filter(({ number, given }) => given === 'known' && number >= observed).length;
  return observed - (known - ahead);
}

/**
 * Returns the reason in words: the trials gave no result. Definitions from before 0.2.0 keep the older text, which a verification
 * compares.
 */
function withoutResult({ view: { spec } }: Draft, evaluated: number, trials: string): string {
  if (evaluated === 1 && !hasOldTexts(spec)) {
    return spec.ranking === 'finite-first'
      ? 'the only trial failed or diverged; see its error and values'
      : 'the only trial brought no value; see its error';
  }
  return spec.ranking === 'finite-first'
    ? `each of ${trials} failed or diverged; see their errors and values`
    : `none of ${trials} brought a value; see their errors`;
}

/** Ends the study at the last finished trial if its active seconds are used up. */
export function endIfTimeIsUp(draft: Draft): void {
  const { spec, elapsedSeconds, trials } = draft.view;
  const { wallClockSeconds } = spec.budget;
  if (wallClockSeconds === undefined || elapsedSeconds < wallClockSeconds) return;
  // The trials are in order, and all that were observed just now are among them.
  const lastTrial = trials.findLast((trial) => isFinal(trial.state))?.number ?? draft.progress.observed - 1;
  const over = overText(spec, wallClockSeconds, 'active second', 'over');
  if (lastTrial >= 0) endStudy(draft, 'completed', { reason: 'wall-clock', detail: over, lastTrial });
  else endStudy(draft, 'failed', { reason: 'wall-clock', detail: `${over} and no trial has finished`, lastTrial: null });
}

/** Nothing is open and nothing was queued: the trials are used up, or the sampler has no more. */
export function endIfDone(draft: Draft): void {
  const { observed, suggested, withValue } = draft.progress;
  if (observed < nextNumber(draft.progress) || draft.queue.length > 0 || waitsForDemand(draft)) return;
  const evaluated = evaluatedTrials(draft);
  if (withValue === 0 && evaluated > 0) {
    const detail = withoutResult(draft, evaluated, `the ${evaluated} trials`);
    endStudy(draft, 'failed', { reason: 'all-trials-failed', detail, lastTrial: null });
  } else if (suggested >= suggestionLimit(draft.view.spec, draft.progress)) {
    endStudy(draft, 'completed', { reason: 'budget', detail: overText(draft.view.spec, evaluated, 'trial', 'done'), lastTrial: null });
  } else {
    endStudy(draft, 'completed', { reason: 'exhausted', detail: triedText(draft), lastTrial: null });
  }
}

function triedText({ sampler, view: { spec }, progress: { suggested } }: Draft): string {
  if (sampler.hasRungs) return 'all rounds of the search are done';
  return suggested === 1 && !hasOldTexts(spec) ? 'the only point is tried' : `all ${suggested} points are tried`;
}

/** True if nothing was suggested only because no worker asked for a trial. */
function waitsForDemand({ view: { spec, demand = 0 }, sampler, progress }: Draft): boolean {
  return demand === 0 && suggestsOnDemand(spec) && hasMore(spec, progress, sampler);
}

/** Says that a part of the budget is used up: `1 trial is done`, `9 generations are done`. Definitions from before 0.2.0 keep the plural. */
export function overText(spec: OldTexts, count: number, what: string, end: 'done' | 'over'): string {
  return hasOldTexts(spec) ? `${count} ${what}s are ${end}` : `${counted(count, what)} ${formFor(count, 'is', 'are')} ${end}`;
}

type OldTexts = Pick<Draft['view']['spec'], 'ranking'>;

/** True for definitions from before 0.2.0, which name no ranking: a verification compares the text, which had only the plural. */
function hasOldTexts({ ranking }: OldTexts): boolean {
  return ranking === undefined;
}

/** Notes how the study ends. The trials that its definition gives count in any case: they have the first numbers. */
export function endStudy(draft: Draft, state: 'completed' | 'failed', outcome: Outcome): true {
  const { lastTrial } = outcome;
  const given = draft.view.spec.givenTrials?.length ?? 0;
  draft.end = { state, outcome: { ...outcome, lastTrial: lastTrial === null ? null : Math.max(lastTrial, given - 1) } };
  return true;
}
