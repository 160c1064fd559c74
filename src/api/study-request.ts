import { z } from 'zod';
import { objectiveSchema } from '../objectives/table.ts';
import { samplerOptionsSchema } from '../samplers/table.ts';
import { budgetSchema, labelsSchema, retriesSchema, studySpecSchema } from '../studies/definition/definition.ts';
import { overridesOf, overridesOfAny } from './overrides.ts';

/** A study from a preset, with any keys of a definition as overrides. The merged definition is checked later. */
const presetStudySchema = z
  .strictObject({
    preset: z.string().max(64).describe('Name of a preset of a study; see /v1/presets?kind=study.'),
    ...studySpecSchema.omit({ sampler: true, budget: true, retries: true, objective: true, labels: true }).partial().shape,
    sampler: overridesOfAny(samplerOptionsSchema, 'Options of the sampler to override, or another sampler in full.'),
    budget: overridesOf(budgetSchema, 'Keys of the budget to override; the whole budget if the sampler has another type.'),
    retries: overridesOf(retriesSchema, 'Keys of the retries to override.'),
    objective: overridesOfAny(objectiveSchema, 'Keys of the objective to override, or another objective in full.'),
    labels: labelsSchema.optional().describe('Labels to add or override.'),
  })
  .meta({
    id: 'PresetStudy',
    description:
      'A preset with overrides. sampler, budget, retries, objective and labels are merged key by key. A sampler of another type replaces the whole sampler and drops the budget of the preset, so it needs its own budget.',
  });

/** The body of POST /v1/studies, for the OpenAPI document and the client's types. */
export const studyRequestSchema = z
  .union([studySpecSchema, presetStudySchema])
  .meta({ id: 'StudyRequest', description: 'A study definition: a full one or a preset.' });

/** The request as a client writes it: defaults are optional. */
export type StudyRequest = z.input<typeof studyRequestSchema>;
