import { z } from 'zod';
import { studySpecSchema } from '../studies/definition/definition.ts';
import { type Preset, presetSpec } from '../studies/definition/presets.ts';

/** A named study definition. */
export const presetSchema = z
  .strictObject({
    name: z.string(),
    summary: z.string().describe('The preset in one sentence.'),
    spec: studySpecSchema.describe('Its definition. POST {"preset": name} with any keys of a definition that override it.'),
  })
  .meta({ id: 'Preset', description: 'A named study definition.' });

export const presetListSchema = z.strictObject({ items: z.array(presetSchema) }).meta({ id: 'PresetList', description: 'Every preset.' });

export type PresetRepresentation = z.output<typeof presetSchema>;

/** Builds the representation of a preset. */
export function representPreset(preset: Preset): PresetRepresentation {
  return { name: preset.name, summary: preset.summary, spec: presetSpec(preset) };
}
