import { plannedTrials } from '../studies/search/planned-trials.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { searchPart } from './parts.ts';
import type { CampaignStudy, ResolvedCampaign } from './spec.ts';

/** Upper bound of the trials of a campaign in all its parts; null if only time or a target value ends one of its searches. */
export function plannedCampaignTrials(campaign: ResolvedCampaign): number | null {
  const searches = campaign.studies.map((study) => searchTrials(campaign, study));
  const rest = mostFinalTrials(campaign) + mostEvaluated(campaign) * (1 + campaign.evaluation.repeats);
  const planned = searches.reduce((sum, trials) => (sum === null || trials === null ? null : sum + trials), rest);
  return Number.isSafeInteger(planned) ? planned : null;
}

/** Upper bound of the trials of a search; null if only time or a target value ends it. */
export function searchTrials(campaign: ResolvedCampaign, study: CampaignStudy): number | null {
  return plannedTrials(searchPart(campaign, study).spec);
}

/** Upper bound of the trials of the final; 0 without one. Its finalists are not known yet: no two of them may share a value. */
export function mostFinalTrials({ searchSpace, final }: ResolvedCampaign): number {
  if (!final) return 0;
  const count = finalistsIn(final);
  return Math.min(final.cross ? mostCrossedPoints(searchSpace, count) : count, final.grid.trials ?? Number.POSITIVE_INFINITY);
}

/** Number of the trials that enter a final. */
export function finalistsIn({ finalists }: NonNullable<ResolvedCampaign['final']>): number {
  return finalists.reduce((count, { top }) => count + top, 0);
}

/** Upper bound of evaluated configurations: the best of each study, the entrants of the final, and a winner that the final found. */
export function mostEvaluated({ studies, final }: ResolvedCampaign): number {
  const top = new Map(final?.finalists.map((entry) => [entry.study, entry.top]));
  return studies.reduce((count, { name }) => count + (top.get(name) ?? 1), final?.cross ? 1 : 0);
}
