import { z } from 'zod';
import { objectiveSchema } from '../objectives/table.ts';
import { samplerOptionsSchema } from '../samplers/table.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { searchSpaceSchema } from '../space/schema.ts';
import { constraintsSchema } from '../studies/definition/constraints.ts';
import {
  budgetSchema,
  labelsSchema,
  metricSchema,
  nameSchema,
  parallelismSchema,
  resolvedMetricSchema,
  retriesSchema,
  samplerChoiceSchema,
  samplerReasonSchema,
  timeoutSchema,
} from '../studies/definition/definition.ts';
import { seedSchema } from '../studies/definition/lineage.ts';
import { rankingSchema } from '../studies/definition/ranking.ts';

/** Most studies of a campaign, and most of them in its final. */
export const mostStudies = 20;

/** Names of a campaign's studies; `final-grid`, `test` and `repeat-1` … are reserved for the parts after the search. */
const partNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits and dashes, and must not start with a dash')
  .describe('Name of this study in the campaign. `final-grid`, `test` and `repeat-1`, `repeat-2` … are reserved.');

export const campaignStudySchema = z
  .strictObject({
    name: partNameSchema,
    sampler: samplerChoiceSchema.default({ type: 'auto' }),
    samplerReason: samplerReasonSchema.optional(),
    budget: budgetSchema.default({}),
    parallelism: parallelismSchema.optional(),
  })
  .meta({ id: 'CampaignStudy', description: 'One search of the campaign: its sampler and its budget.' });

const resolvedStudySchema = campaignStudySchema
  .extend({ sampler: samplerOptionsSchema })
  .required({ parallelism: true })
  .meta({ id: 'ResolvedCampaignStudy', description: 'A study of a campaign with all defaults filled in.' });

const finalGridSchema = z
  .strictObject({
    trials: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe(
        'Largest number of points to try: the finalists themselves, then combinations drawn at random with the seed. Default: all points.',
      ),
    parallelism: parallelismSchema.optional(),
  })
  .meta({ id: 'FinalGrid', description: 'The part of the grid of a final that is tried.' });

export const campaignFinalSchema = z
  .strictObject({
    finalists: z
      .array(
        z
          .strictObject({
            study: partNameSchema.describe('Name of a study of this campaign.'),
            top: z.int().min(1).max(10).default(1).describe('Number of its best trials, by validation.'),
          })
          .meta({ id: 'Finalists', description: 'The best trials of one study.' }),
      )
      .min(1)
      .max(mostStudies)
      .describe('The studies whose best trials enter the final.'),
    cross: z
      .boolean()
      .default(true)
      .describe("true: every combination of the finalists' parameter values. false: only the finalists themselves."),
    grid: finalGridSchema.prefault({}).describe('The part of the grid that is tried.'),
    trainSize: z
      .union([z.int().min(1).max(10_000_000), z.literal('all')])
      .optional()
      .describe(
        'Number of examples that the final uses, for objectives whose data has a size. More examples than in the searches distinguish close finalists; only the trials of the final then decide the winner. Default: as many as the searches.',
      ),
  })
  .meta({ id: 'CampaignFinal', description: 'A last search among the best configurations of the others.' });

const resolvedFinalSchema = campaignFinalSchema
  .extend({
    grid: finalGridSchema
      .required({ parallelism: true })
      .meta({ id: 'ResolvedFinalGrid', description: 'The part of the grid of a final that is tried, with all defaults filled in.' }),
  })
  .meta({ id: 'ResolvedCampaignFinal', description: 'The last search of a campaign with all defaults filled in.' });

export const campaignEvaluationSchema = z
  .strictObject({
    repeats: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe(
        'Number of times that each finalist and the winner are evaluated again, each time with another objective seed. A single evaluation is one random draw.',
      ),
    trainSize: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe(
        'Number of examples that the repeats use, for objectives whose data has a size. It may be larger than in the search. Default, and limit: all.',
      ),
  })
  .meta({
    id: 'CampaignEvaluation',
    description: 'The evaluation of finalists and winner on held-out data, which does not affect any ranking.',
  });

/** A campaign as a client writes it: one space, one objective, several searches, a final, and the evaluation of the winner. */
export const campaignSpecSchema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metric: metricSchema,
    objective: objectiveSchema,
    studies: z.array(campaignStudySchema).min(1).max(mostStudies).describe('The searches that are compared.'),
    order: describedEnum(
      ['parallel', 'sequential'],
      { parallel: 'all studies at once.', sequential: 'one after another in the order of the list.' },
      'Results do not depend on it.',
    ).default('parallel'),
    final: campaignFinalSchema.optional().describe('Without a final, the winner is the best trial of all studies.'),
    evaluation: campaignEvaluationSchema.prefault({}),
    ranking: rankingSchema.optional(),
    constraints: constraintsSchema
      .optional()
      .describe(
        'Limits of values; every part has them. A trial that is beyond one ranks after every trial that keeps all of them, by its `violation`, and its configuration is neither a finalist nor the winner. If no trial keeps all limits, the campaign fails with the reason no-finalists. Default: none.',
      ),
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema
      .optional()
      .describe(
        'An attempt of a trial that takes longer is stopped and charged; the next one continues from its last step. Applies to all parts, repeats on more data included. Default: no limit.',
      ),
    seed: seedSchema
      .optional()
      .describe('Each study derives the seed of its search from this and its name. Default: drawn at random and shown.'),
    objectiveSeed: seedSchema
      .optional()
      .describe('Seed of all evaluations of the search and the final. Default: the seed of the campaign.'),
    labels: labelsSchema
      .optional()
      .describe('Your own labels: names and texts. The list of campaigns filters by them; the studies of the campaign do not have them.'),
  })
  .meta({
    id: 'CampaignSpec',
    description:
      'Several studies over one space and one objective, a final among their best configurations, and the evaluation of the winner.',
  });

/** A campaign's definition with all defaults filled in. */
export const resolvedCampaignSchema = campaignSpecSchema
  .extend({
    metric: resolvedMetricSchema,
    studies: z.array(resolvedStudySchema).min(1).max(mostStudies).describe('The searches that are compared.'),
    final: resolvedFinalSchema.optional(),
    seed: seedSchema,
    objectiveSeed: seedSchema,
  })
  .meta({ id: 'ResolvedCampaignSpec', description: 'A campaign definition with all defaults filled in.' });

export type CampaignSpec = z.output<typeof campaignSpecSchema>;
export type ResolvedCampaign = z.output<typeof resolvedCampaignSchema>;
export type CampaignStudy = ResolvedCampaign['studies'][number];
