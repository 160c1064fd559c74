import type { CampaignRepresentation } from '../../../../src/api/campaign.ts';
import { quickstarts } from '../../../../src/api/quickstart.ts';
import { expandCampaignPreset } from '../../../../src/campaigns/presets.ts';
import { resolveCampaign } from '../../../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../../../src/campaigns/spec.ts';

/** The definition of the quickstart with every default filled in. */
export function quickstartSpec(dataset: 'spam-assassin' | 'imdb' = 'spam-assassin'): CampaignRepresentation['spec'] {
  const { preset: _, ...overrides } = { preset: 'paper', ...quickstarts.find(({ name }) => name === dataset)?.campaign };
  return resolveCampaign(campaignSpecSchema.parse(expandCampaignPreset('paper', overrides).definition), 1);
}
