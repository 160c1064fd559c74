import { type Pace, stepsLeft, stepsPerSecond } from '../studies/search/remaining-time.ts';
import type { Campaign, CampaignPart } from './campaign.ts';
import { type CampaignEstimate, estimateCampaign } from './estimate.ts';

/** An active part with its recent speed. */
export interface PacedPart {
  readonly study: CampaignPart['study'];
  readonly pace: Pace;
}

/**
 * Returns the expected time until a campaign ends, in whole seconds; null if it is not known yet. Its open parts share the slots,
 * so their speeds add up.
 *
 * @param upcomingSteps the steps that the parts to come are expected to train; null if they are not known
 */
export function campaignRemainingSeconds(parts: readonly PacedPart[], upcomingSteps: number | null): number | null {
  const steps = parts.map(({ study, pace }) => stepsLeft(study.spec, study.sampler.suggested, pace));
  const rate = parts.reduce((sum, { pace }) => sum + (stepsPerSecond(pace) ?? 0), 0);
  if (rate === 0 || upcomingSteps === null || !steps.every((count) => count !== null)) return null;
  return Math.round(steps.reduce((sum, count) => sum + count, upcomingSteps) / rate);
}

/** Returns the steps that parts of a campaign are expected to train; null if one of them has no estimate. */
export function expectedSteps(estimate: CampaignEstimate, parts: readonly Pick<CampaignPart, 'kind' | 'name'>[]): number | null {
  const steps = parts.map(
    ({ kind, name }) => estimate.parts.find((candidate) => candidate.kind === kind && candidate.name === name)?.stepsExpected,
  );
  return steps.every((count) => typeof count === 'number') ? steps.reduce((sum, count) => sum + count, 0) : null;
}

/** Number of campaigns whose estimates are kept. */
const mostEstimates = 100;

/**
 * Creates a function that estimates campaigns and keeps the results: an estimate takes tens of milliseconds, and a definition never
 * changes. An estimate that failed is not kept.
 */
export function rememberedEstimates(estimated = estimateCampaign): (campaign: Pick<Campaign, 'id' | 'spec'>) => Promise<CampaignEstimate> {
  const known = new Map<string, Promise<CampaignEstimate>>();
  return ({ id, spec }) => {
    const estimate = known.get(id) ?? forgetting(id, estimated(spec));
    known.delete(id);
    known.set(id, estimate);
    for (const oldest of known.keys()) {
      if (known.size <= mostEstimates) break;
      known.delete(oldest);
    }
    return estimate;
  };

  /** The caller gets the error. */
  function forgetting(id: string, estimate: Promise<CampaignEstimate>): Promise<CampaignEstimate> {
    estimate.catch(() => known.delete(id));
    return estimate;
  }
}
