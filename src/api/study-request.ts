import { z } from 'zod';
import { studySpecSchema } from '../studies/definition/definition.ts';

const part = (description: string) => z.record(z.string(), z.unknown()).optional().describe(description);

/** A study from a preset: any keys of a definition may stand beside it. Its parts are checked once they are merged. */
const presetStudySchema = z
  .strictObject({
    preset: z.string().max(64).describe('Name of a preset; see /v1/presets.'),
    ...studySpecSchema.omit({ sampler: true, budget: true, retries: true, objective: true, labels: true }).partial().shape,
    sampler: part('Options of the sampler that differ, or another sampler in full.'),
    budget: part('Keys of a budget that differ; the whole budget beside a sampler of another type.'),
    retries: part('Keys of the retries that differ.'),
    objective: part('Keys of the objective that differ.'),
    labels: part('Labels that differ, or that there are beside those of the preset.'),
  })
  .meta({
    id: 'PresetStudy',
    description:
      'A preset, and what is different. sampler, budget, retries, objective and labels are merged key by key; a sampler of another type replaces the whole sampler, and needs a budget of its own: the one of the preset goes.',
  });

/** What POST /v1/studies takes: for the documents and the client's types. */
export const studyRequestSchema = z
  .union([studySpecSchema, presetStudySchema])
  .meta({ id: 'StudyRequest', description: 'A study definition, in full or from a preset.' });

/** What a client may write. */
export type StudyRequest = z.input<typeof studyRequestSchema>;
