import { invariant } from '../shared/errors.ts';
import { isEnded } from '../studies/model/states.ts';
import type { CampaignOutcome, Finalist } from './campaign.ts';
import { finalCandidates, finalistsOf } from './finalists.ts';
import { exceedsLimitsInFinal, noFinalistsText } from './no-finalists.ts';
import type { PartView } from './part-view.ts';
import { gridPart, type PlannedPart, repeatParts, searchPart, testPart } from './parts.ts';
import type { ResolvedCampaign } from './spec.ts';

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
  const finalists = exceedsLimitsInFinal(view.spec, view.parts) ? [] : finalistsOf(view.spec, leadersOf(view));
  if (finalists.length === 0) return ended('failed', 'no-finalists', noFinalistsText(view.spec, view.parts));
  const evaluations = missing(view, [testPart(view.spec, finalists), ...repeatParts(view.spec, finalists)]);
  return evaluations.length > 0 ? { insert: evaluations, end: null } : verdict(view, finalists);
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

function ended(state: 'completed' | 'failed', reason: CampaignOutcome['reason'], detail: string): CampaignPlan {
  return { insert: [], end: { state, outcome: { reason, detail } } };
}
