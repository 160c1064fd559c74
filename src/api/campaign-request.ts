import { z } from 'zod';
import { estimateCampaign } from '../campaigns/estimate.ts';
import type { ScaledNumber } from '../campaigns/scale.ts';
import {
  campaignEvaluationSchema,
  campaignFinalSchema,
  campaignSpecSchema,
  type ResolvedCampaign,
  resolvedCampaignSchema,
} from '../campaigns/spec.ts';
import { objectiveSchema } from '../objectives/table.ts';
import { metricSchema, retriesSchema } from '../studies/definition/definition.ts';
import { campaignEstimateSchema } from './campaign-estimate.ts';
import { overridesOf, overridesOfAny } from './overrides.ts';
import { dryRunSchema } from './study-request.ts';

const campaignDefinitionSchema = campaignSpecSchema
  .extend({ dryRun: dryRunSchema })
  .meta({ id: 'CampaignDefinition', description: 'A full campaign definition.' });

/** A campaign from a preset, with any keys of a definition as overrides. The merged definition is checked later. */
const presetCampaignSchema = z
  .strictObject({
    preset: z.string().max(64).describe('Name of a preset of a campaign; see /v1/presets?kind=campaign.'),
    scale: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        'Shrinks the trials, populations, generations and the grid of the preset. 1 keeps its size; 0 is the smallest campaign that still runs every method. A dry run shows each scaled number.',
      ),
    dryRun: dryRunSchema,
    ...campaignSpecSchema.omit({ metric: true, objective: true, retries: true, evaluation: true, final: true }).partial().shape,
    metric: overridesOf(metricSchema, 'Keys of the metric to override.'),
    objective: overridesOfAny(objectiveSchema, 'Keys of the objective to override, or another objective in full.'),
    retries: overridesOf(retriesSchema, 'Keys of the retries to override.'),
    evaluation: overridesOf(campaignEvaluationSchema, 'Keys of the evaluation to override.'),
    final: overridesOf(campaignFinalSchema, 'Keys of the final to override.'),
  })
  .meta({
    id: 'PresetCampaign',
    description:
      'A preset, its scale, and overrides. metric, objective, retries, evaluation and final are merged key by key; a list of studies replaces the whole list. Overrides are not scaled.',
  });

/** The body of POST /v1/campaigns, for the OpenAPI document and the client's types. */
export const campaignRequestSchema = z
  .union([campaignDefinitionSchema, presetCampaignSchema])
  .meta({ id: 'CampaignRequest', description: 'A campaign definition: a full one or a preset.' });

/** Members of the body beside the definition. They are checked together with it. */
export const campaignOptionsSchema = presetCampaignSchema.pick({ scale: true, dryRun: true });

const scaledNumberSchema = z
  .strictObject({
    what: z.string().describe('Description, such as `generations of genetic-1`.'),
    from: z.number().describe('The number in the preset.'),
    to: z.number().describe('The number in this campaign.'),
  })
  .meta({ id: 'ScaledNumber', description: 'A number of the preset that the scale changed.' });

/** The response to a dry run of a campaign. */
export const campaignDryRunSchema = z
  .strictObject({
    spec: resolvedCampaignSchema.describe(
      'The definition with all defaults and a drawn seed filled in. POST it to create exactly this campaign.',
    ),
    scaled: z.array(scaledNumberSchema).describe('Empty for a full definition, and at scale 1.'),
    estimate: campaignEstimateSchema,
  })
  .meta({ id: 'CampaignDryRun', description: 'The estimate of a campaign; nothing was stored.' });

/** The request as a client writes it: defaults are optional. */
export type CampaignRequest = z.input<typeof campaignRequestSchema>;
export type CampaignDryRun = z.output<typeof campaignDryRunSchema>;

/** Builds the representation of a dry run. */
export async function representDryRun(spec: ResolvedCampaign, scaled: readonly ScaledNumber[]): Promise<CampaignDryRun> {
  return { spec, scaled: [...scaled], estimate: await estimateCampaign(spec) };
}
