import { invariant } from '../shared/errors.ts';
import { unknownViolation } from '../studies/definition/constraints.ts';
import { isEnded, type StudyState } from '../studies/model/states.ts';
import type { Leader } from '../studies/model/trial.ts';
import type { CampaignOutcome, Finalist, PartKind } from './campaign.ts';
import { finalCandidates, finalistsOf, nearestToLimits } from './finalists.ts';
import { finalGridName } from './part-names.ts';
import { gridPart, type PlannedPart, repeatParts, searchPart, testPart } from './parts.ts';
import type { ResolvedCampaign } from './spec.ts';

/** A part that there is, as far as the next step depends on it. */
export interface PartView {
  readonly kind: PartKind;
  readonly name: string;
  readonly state: StudyState;
  /** Its best completed trials, best first: at least `leadersWanted` of them, if there are as many. */
  readonly leaders: readonly Leader[];
}

/** Input of a step, read under the campaign's lock. */
export interface CampaignView {
  readonly spec: ResolvedCampaign;
  readonly parts: readonly PartView[];
}

/** Changes of a step, stored in one transaction: parts to create, the end of the campaign, or nothing. */
export interface CampaignPlan {
  readonly insert: readonly PlannedPart[];
  readonly end: { readonly state: 'completed' | 'failed'; readonly outcome: CampaignOutcome } | null;
}

const nothing: CampaignPlan = { insert: [], end: null };

/**
 * Decides what follows from the parts that ended: the searches (all at once or one after the other), the final over their best, the
 * evaluation of the finalists, the end. While a part is open nothing follows. A pure function: repeated on the same view it gives
 * the same plan, and on its own result, nothing.
 *
 * A failed or cancelled search or final counts with the trials that it completed.
 */
export function planCampaign(view: CampaignView): CampaignPlan {
  if (view.parts.some((part) => !isEnded(part.state))) return nothing;
  const searches = missingSearches(view);
  if (searches.length > 0) return { insert: searches, end: null };
  const grid = missingGrid(view);
  if (grid) return { insert: [grid], end: null };
  const finalists = finalistsOf(view.spec, leadersOf(view));
  if (finalists.length === 0) return ended('failed', 'no-finalists', withoutFinalists(view));
  const evaluations = missing(view, [testPart(view.spec, finalists), ...repeatParts(view.spec, finalists)]);
  return evaluations.length > 0 ? { insert: evaluations, end: null } : verdict(view, finalists);
}

/** Number of a part's best trials that the steps of its campaign use; 0 for parts that only measure. */
export function leadersWanted({ final }: ResolvedCampaign, { kind, name }: Pick<PartView, 'kind' | 'name'>): number {
  if (kind === 'grid') return 1;
  if (kind !== 'search') return 0;
  const tops = (final?.finalists ?? []).filter(({ study }) => study === name).map(({ top }) => top);
  return Math.max(1, ...tops);
}

function missingSearches(view: CampaignView): PlannedPart[] {
  const { spec } = view;
  const left = missing(view, spec.studies).map((study) => searchPart(spec, study));
  return spec.order === 'sequential' ? left.slice(0, 1) : left;
}

/** Also null if none of the studies that the final names has a finalist: the others may still have a winner. */
function missingGrid(view: CampaignView): PlannedPart | null {
  if (view.parts.some((part) => part.kind === 'grid')) return null;
  return gridPart(view.spec, finalCandidates(view.spec, leadersOf(view)));
}

function missing<Named extends { readonly name: string }>({ parts }: CampaignView, wanted: readonly Named[]): Named[] {
  return wanted.filter(({ name }) => !parts.some((part) => part.name === name));
}

function leadersOf({ parts }: CampaignView) {
  return parts.map(({ name, leaders }) => ({ part: name, leaders }));
}

/** All parts ended. If an evaluation did not complete, the winner has no held-out measurements. */
function verdict({ parts }: CampaignView, finalists: readonly Finalist[]): CampaignPlan {
  const broken = parts.filter(({ kind, state }) => (kind === 'test' || kind === 'repeat') && state !== 'completed');
  if (broken.length > 0) {
    const states = broken.map(({ name, state }) => `${name} ${state === 'failed' ? 'failed' : 'was cancelled'}`);
    return ended('failed', 'evaluation-failed', `the evaluation did not come to its end: ${states.join(', ')}`);
  }
  const found = finalists[0]?.foundBy[0];
  invariant(found, 'a winner was found somewhere');
  return ended('completed', 'done', `the winner is trial ${found.trial} of ${found.part}`);
}

/** Explains that there are no finalists. A verification compares the text, so campaigns of before keep theirs. */
function withoutFinalists(view: CampaignView): string {
  const { ranking, constraints } = view.spec;
  if (constraints) return withinNoLimits(view);
  return ranking === 'finite-first'
    ? 'every trial of every study failed, diverged or was cancelled; see their errors and values'
    : 'no study has a completed trial with a value; see their errors';
}

/** The same where trials have limits to keep. There is a final only if a trial of the searches kept them: then none of the final did. */
function withinNoLimits(view: CampaignView): string {
  const leaders = leadersOf(view);
  const ofFinal = leaders.filter(({ part }) => part === finalGridName);
  const nearest = nearestToLimits(view.spec, ofFinal.length > 0 ? ofFinal : leaders);
  const none = `no trial${ofFinal.length > 0 ? ' of the final' : ''} keeps all limits`;
  if (!nearest) return `${none}: each of them failed, diverged, was cancelled or is beyond a limit`;
  const { part, trial, violation } = nearest;
  const distance = violation === unknownViolation ? 'which has a limited value that is not finite' : `whose violation is ${violation}`;
  return `${none}; the nearest to them is trial ${trial} of ${part}, ${distance}`;
}

function ended(state: 'completed' | 'failed', reason: CampaignOutcome['reason'], detail: string): CampaignPlan {
  return { insert: [], end: { state, outcome: { reason, detail } } };
}
