import { z } from 'zod';
import { type CampaignPreset, campaignPresetSpec, campaignPresets } from '../campaigns/presets.ts';
import { campaignSpecSchema } from '../campaigns/spec.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { studySpecSchema } from '../studies/definition/definition.ts';
import { type Preset, presetSpec, presets } from '../studies/definition/presets.ts';

const head = { name: z.string().describe('Name of the preset.'), summary: z.string().describe('The preset in one sentence.') };

const studyPresetSchema = z
  .strictObject({
    kind: z.literal('study'),
    ...head,
    spec: studySpecSchema.describe('Its definition. POST {"preset": name} to /v1/studies with any keys of a definition that override it.'),
  })
  .meta({ id: 'StudyPreset', description: 'A named study definition.' });

const campaignPresetSchema = z
  .strictObject({
    kind: z.literal('campaign'),
    ...head,
    spec: campaignSpecSchema.describe(
      'Its definition at full scale. POST {"preset": name} to /v1/campaigns with a scale and any keys of a definition that override it.',
    ),
  })
  .meta({ id: 'CampaignPreset', description: 'A named campaign definition.' });

/** A named definition of a study or a campaign. Names are unique over both kinds. */
export const presetSchema = z
  .discriminatedUnion('kind', [studyPresetSchema, campaignPresetSchema])
  .meta({ id: 'Preset', description: 'A named definition of a study or a campaign.' });

export const presetKindSchema = describedEnum(['study', 'campaign'], {
  study: 'a preset for POST /v1/studies.',
  campaign: 'a preset for POST /v1/campaigns.',
});

export const presetListSchema = z
  .strictObject({ items: z.array(presetSchema).describe('The presets.') })
  .meta({ id: 'PresetList', description: 'Every preset, those of studies first.' });

export type PresetRepresentation = z.output<typeof presetSchema>;

/** Returns the representation of every preset, those of studies first. */
export function representPresets(): PresetRepresentation[] {
  return [...presets.map(representStudyPreset), ...campaignPresets.map(representCampaignPreset)];
}

function representStudyPreset(preset: Preset): PresetRepresentation {
  return { kind: 'study', name: preset.name, summary: preset.summary, spec: presetSpec(preset) };
}

function representCampaignPreset(preset: CampaignPreset): PresetRepresentation {
  return { kind: 'campaign', name: preset.name, summary: preset.summary, spec: campaignPresetSpec(preset) };
}
