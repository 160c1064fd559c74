import { z } from 'zod';
import { estimateCampaign } from '../campaigns/estimate.ts';
import type { ScaledNumber } from '../campaigns/scale.ts';
import { campaignSpecSchema, type ResolvedCampaign, resolvedCampaignSchema } from '../campaigns/spec.ts';
import { campaignEstimateSchema } from './campaign-estimate.ts';

const part = (description: string) => z.record(z.string(), z.unknown()).optional().describe(description);

const dryRunSchema = z.boolean().default(false).describe('true: only say what it would come to; nothing is stored.');

const campaignDefinitionSchema = campaignSpecSchema
  .extend({ dryRun: dryRunSchema })
  .meta({ id: 'CampaignDefinition', description: 'A campaign definition in full.' });

/** A campaign from a preset: any keys of a definition may stand beside it. Its parts are checked once they are merged. */
const presetCampaignSchema = z
  .strictObject({
    preset: z.string().max(64).describe('Name of a preset; see /v1/campaign-presets.'),
    scale: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        'Shrinks the trials, populations, generations and the grid of the preset. 1: as it is. 0: the smallest campaign that still runs every method. A dry run says what each number becomes.',
      ),
    dryRun: dryRunSchema,
    ...campaignSpecSchema.omit({ metric: true, objective: true, retries: true, evaluation: true, final: true }).partial().shape,
    metric: part('Keys of a metric that differ.'),
    objective: part('Keys of the objective that differ.'),
    retries: part('Keys of the retries that differ.'),
    evaluation: part('Keys of the evaluation that differ.'),
    final: part('Keys of the final that differ.'),
  })
  .meta({
    id: 'PresetCampaign',
    description:
      'A preset, its scale, and what shall be different. metric, objective, retries, evaluation and final are merged key by key; a list of studies replaces the whole list. What is given here is taken as it is, unscaled.',
  });

/** What POST /v1/campaigns takes: for the documents and the client's types. */
export const campaignRequestSchema = z
  .union([campaignDefinitionSchema, presetCampaignSchema])
  .meta({ id: 'CampaignRequest', description: 'A campaign definition, in full or from a preset.' });

/** What surrounds the definition in a body, to be checked with it. */
export const campaignOptionsSchema = presetCampaignSchema.pick({ scale: true, dryRun: true });

const scaledNumberSchema = z
  .strictObject({
    what: z.string().describe('In words, such as `generations of genetic-1`.'),
    from: z.number().describe('In the preset.'),
    to: z.number().describe('In this campaign.'),
  })
  .meta({ id: 'ScaledNumber', description: 'A number of the preset that the scale changed.' });

/** What a campaign would come to. */
export const campaignDryRunSchema = z
  .strictObject({
    definition: resolvedCampaignSchema.describe('With every default filled in, a drawn seed too; POST it to create exactly this.'),
    scaled: z.array(scaledNumberSchema).describe('Empty for a definition in full, and at scale 1.'),
    estimate: campaignEstimateSchema,
  })
  .meta({ id: 'CampaignDryRun', description: 'What a campaign would come to; nothing was stored.' });

/** What a client may write. */
export type CampaignRequest = z.input<typeof campaignRequestSchema>;
export type CampaignDryRun = z.output<typeof campaignDryRunSchema>;

/** A dry run as the API shows it. */
export function representDryRun(definition: ResolvedCampaign, scaled: readonly ScaledNumber[]): CampaignDryRun {
  return { definition, scaled: [...scaled], estimate: estimateCampaign(definition) };
}
