import { z } from 'zod';
import { resolvedMetricSchema } from '../studies/definition/definition.ts';
import { plannedCampaignTrials } from './planned-trials.ts';
import type { ResolvedCampaign } from './spec.ts';

/** The few values that lists show of a campaign's definition, stored and read as those of a study. */
export const campaignSummarySchema = z.object({
  metric: z.object(resolvedMetricSchema.shape).nullable().catch(null),
  /** Names of its searches. */
  studies: z.array(z.string()).catch([]),
  /** Largest number of trials in all its parts; null if only time or a target value ends a search. */
  planned: z.int().nullable().catch(null),
  /** True if only trials of the final can win, because it trains on other data. */
  finalAlone: z.boolean().catch(false),
});
export type CampaignDefinitionSummary = z.output<typeof campaignSummarySchema>;

/** Returns the values that lists show of a campaign's definition. */
export function campaignSummaryOf(campaign: ResolvedCampaign): CampaignDefinitionSummary {
  const { metric, studies, final } = campaign;
  return {
    metric,
    studies: studies.map(({ name }) => name),
    planned: plannedCampaignTrials(campaign),
    finalAlone: final?.trainSize !== undefined,
  };
}
