import { z } from 'zod';
import { type CampaignPreset, campaignPresetSpec } from '../campaigns/presets.ts';
import { campaignSpecSchema } from '../campaigns/spec.ts';

/** A named campaign definition. */
export const campaignPresetSchema = z
  .strictObject({
    name: z.string(),
    summary: z.string().describe('The preset in one sentence.'),
    spec: campaignSpecSchema.describe(
      'Its definition at full scale. POST {"preset": name} with a scale and any keys of a definition that override it.',
    ),
  })
  .meta({ id: 'CampaignPreset', description: 'A named campaign definition.' });

export const campaignPresetListSchema = z
  .strictObject({ items: z.array(campaignPresetSchema) })
  .meta({ id: 'CampaignPresetList', description: 'Every campaign preset.' });

export type CampaignPresetRepresentation = z.output<typeof campaignPresetSchema>;

/** A campaign preset as the API shows it. */
export function representCampaignPreset(preset: CampaignPreset): CampaignPresetRepresentation {
  return { name: preset.name, summary: preset.summary, spec: campaignPresetSpec(preset) };
}
