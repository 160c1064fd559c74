import { z } from 'zod';
import { type CampaignPreset, campaignPresetSpec } from '../campaigns/presets.ts';
import { campaignSpecSchema } from '../campaigns/spec.ts';

/** A named campaign definition. */
export const campaignPresetSchema = z
  .strictObject({
    name: z.string(),
    summary: z.string().describe('What it stands for.'),
    spec: campaignSpecSchema.describe(
      'The definition it stands for, at full scale. POST {"preset": name} with a scale and any keys of a definition beside it to change them.',
    ),
  })
  .meta({ id: 'CampaignPreset', description: 'A named campaign definition.' });

export const campaignPresetListSchema = z
  .strictObject({ items: z.array(campaignPresetSchema) })
  .meta({ id: 'CampaignPresetList', description: 'Every preset of a campaign.' });

export type CampaignPresetRepresentation = z.output<typeof campaignPresetSchema>;

/** A campaign preset as the API shows it. */
export function representCampaignPreset(preset: CampaignPreset): CampaignPresetRepresentation {
  return { name: preset.name, summary: preset.summary, spec: campaignPresetSpec(preset) };
}
