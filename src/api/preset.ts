import { z } from 'zod';
import { studySpecSchema } from '../studies/definition/definition.ts';
import { type Preset, presetSpec } from '../studies/definition/presets.ts';

/** A named study definition. */
export const presetSchema = z
  .strictObject({
    name: z.string(),
    summary: z.string().describe('What it stands for.'),
    spec: studySpecSchema.describe(
      'The definition it stands for. POST {"preset": name} with any keys of a definition beside it to change them.',
    ),
  })
  .meta({ id: 'Preset', description: 'A named study definition.' });

export const presetListSchema = z.strictObject({ items: z.array(presetSchema) }).meta({ id: 'PresetList', description: 'Every preset.' });

export type PresetRepresentation = z.output<typeof presetSchema>;

/** A preset as the API shows it. */
export function representPreset(preset: Preset): PresetRepresentation {
  return { name: preset.name, summary: preset.summary, spec: presetSpec(preset) };
}
