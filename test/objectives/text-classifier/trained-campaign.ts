import type { ResolvedCampaign } from '../../../src/campaigns/spec.ts';
import { resolvedCampaign as campaignOfAny } from '../../campaigns/resolved-campaign.ts';

/** A campaign whose trials train text classifiers on 500 texts, with a test's overrides. */
export function resolvedCampaign(overrides: Record<string, unknown> = {}): ResolvedCampaign {
  return campaignOfAny({
    metric: { name: 'accuracy' },
    objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 500 },
    ...overrides,
  });
}
