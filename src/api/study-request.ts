import { z } from 'zod';
import { objectiveSchema } from '../objectives/table.ts';
import { samplerOptionsSchema } from '../samplers/table.ts';
import {
  budgetSchema,
  labelsSchema,
  type ResolvedSpec,
  resolvedSpecSchema,
  retriesSchema,
  studySpecSchema,
} from '../studies/definition/definition.ts';
import { estimateStudy } from '../studies/estimate/study-estimate.ts';
import { effortFields } from './effort.ts';
import { overridesOf, overridesOfAny } from './overrides.ts';

/** A member of the body beside the definition. */
export const dryRunSchema = z.boolean().default(false).describe('true: only estimate the cost; nothing is stored.');

const options = {
  dryRun: dryRunSchema,
  evaluate: z
    .literal(false)
    .optional()
    .describe('Accepted so that the definition of a study can be sent as it is shown: only parts of a campaign evaluate on held-out data.'),
};

const studyDefinitionSchema = studySpecSchema.extend(options).meta({ id: 'StudyDefinition', description: 'A full study definition.' });

/** A study from a preset, with any keys of a definition as overrides. The merged definition is checked later. */
const presetStudySchema = z
  .strictObject({
    preset: z.string().max(64).describe('Name of a preset of a study; see /v1/presets?kind=study.'),
    ...options,
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
  .union([studyDefinitionSchema, presetStudySchema])
  .meta({ id: 'StudyRequest', description: 'A study definition: a full one or a preset.' });

/** Members of the body beside the definition. They are checked together with it. */
export const studyOptionsSchema = z.strictObject(options);

/** The request as a client writes it: defaults are optional. */
export type StudyRequest = z.input<typeof studyRequestSchema>;

/** The response to a dry run of a study. */
export const studyDryRunSchema = z
  .strictObject({
    spec: resolvedSpecSchema.describe('The definition with all defaults and a drawn seed filled in. POST it to create exactly this study.'),
    estimate: z
      .strictObject({ ...effortFields, assumes: z.string().describe('The assumptions, and what cannot be known, in words.') })
      .meta({
        id: 'StudyEstimate',
        description:
          'The estimated cost of a study: counts are exact or upper bounds, everything else is an estimate. null if only time limits the study, or if the objective has no estimate of processor time and disk.',
      }),
  })
  .meta({ id: 'StudyDryRun', description: 'The estimate of a study; nothing was stored.' });

export type StudyDryRun = z.output<typeof studyDryRunSchema>;

/** Builds the representation of a dry run. */
export async function representStudyDryRun(spec: ResolvedSpec): Promise<StudyDryRun> {
  return { spec, estimate: await estimateStudy(spec) };
}
