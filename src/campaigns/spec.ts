import { z } from 'zod';
import { objectiveSchema } from '../objectives/table.ts';
import { samplerOptionsSchema } from '../samplers/table.ts';
import { searchSpaceSchema } from '../space/schema.ts';
import {
  budgetSchema,
  metricSchema,
  nameSchema,
  parallelismSchema,
  retriesSchema,
  timeoutSchema,
} from '../studies/definition/definition.ts';
import { seedSchema } from '../studies/definition/lineage.ts';

/** Names of a campaign's studies; `final-grid`, `test` and `repeat-1` … are reserved for the parts after the search. */
const partNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits and dashes, the first of them no dash')
  .describe('What the campaign calls this study. `final-grid`, `test` and `repeat-1`, `repeat-2` … are taken.');

const campaignStudySchema = z
  .strictObject({
    name: partNameSchema,
    sampler: samplerOptionsSchema,
    budget: budgetSchema.default({}),
    parallelism: parallelismSchema.optional(),
  })
  .meta({ id: 'CampaignStudy', description: 'One way to search, and how much it may try.' });

const resolvedStudySchema = campaignStudySchema
  .required({ parallelism: true })
  .meta({ id: 'ResolvedCampaignStudy', description: 'A study of a campaign with every default filled in.' });

const finalGridSchema = z.strictObject({
  trials: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Most points to try: the finalists themselves, then combinations drawn at random by the seed. Absent: all of them.'),
  parallelism: parallelismSchema.optional(),
});

const finalSchema = z
  .strictObject({
    finalists: z
      .array(
        z
          .strictObject({
            study: partNameSchema.describe('Name of a study of this campaign.'),
            top: z.int().min(1).max(10).default(1).describe('How many of its best trials, by validation.'),
          })
          .meta({ id: 'Finalists', description: 'The best trials of one study.' }),
      )
      .min(1)
      .max(20)
      .describe('Whose best trials come into the final.'),
    cross: z
      .boolean()
      .default(true)
      .describe('true: every combination of the values that the finalists have of each parameter. false: the finalists alone.'),
    grid: finalGridSchema.prefault({}).describe('How much of it is tried.'),
    trainSize: z
      .union([z.int().min(1).max(10_000_000), z.literal('all')])
      .optional()
      .describe(
        'Examples that the final trains on, for objectives whose data has a size: more than the searches did tell close finalists apart. Its trials alone then decide who wins. Absent: as many as the searches.',
      ),
  })
  .meta({ id: 'CampaignFinal', description: 'A last search among the best of the others.' });

const resolvedFinalSchema = finalSchema
  .extend({ grid: finalGridSchema.required({ parallelism: true }) })
  .meta({ id: 'ResolvedCampaignFinal', description: 'The last search of a campaign with every default filled in.' });

const evaluationSchema = z
  .strictObject({
    repeats: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe('How often each finalist and the winner are trained again, each time with another objective seed. One draw says little.'),
    trainSize: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe(
        'Examples that the repeats are trained on, for objectives whose data has a size, however few the search used. Absent, or more than there are: all.',
      ),
  })
  .meta({ id: 'CampaignEvaluation', description: 'How finalists and winner are measured on held-out data, which ranks nothing.' });

/** A campaign as a client writes it: one space, one objective, several ways to search, a final, and the evaluation of its winner. */
export const campaignSpecSchema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metric: metricSchema,
    objective: objectiveSchema,
    studies: z.array(campaignStudySchema).min(1).max(20).describe('The searches that are compared.'),
    order: z
      .enum(['parallel', 'sequential'])
      .default('parallel')
      .describe('All studies at once, or one after another in the order of the list. Results do not depend on it.'),
    final: finalSchema.optional().describe('Absent: the winner is the best trial of all studies.'),
    evaluation: evaluationSchema.prefault({}),
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema
      .optional()
      .describe(
        'An attempt of a trial of any part that trains for longer, the repeats on more data included, is stopped and charged; the next goes on from its last step. Absent: no limit.',
      ),
    seed: seedSchema
      .optional()
      .describe('Each study derives the seed of its search from this and its name. Absent: drawn at random and shown.'),
    objectiveSeed: seedSchema.optional().describe('Seed of all trainings of the search and the final. Absent: the seed of the campaign.'),
  })
  .meta({
    id: 'CampaignSpec',
    description: 'Several studies over one space and one objective, their final, and the evaluation of its winner.',
  });

/** A campaign's definition with nothing left open. */
export const resolvedCampaignSchema = campaignSpecSchema
  .extend({
    metric: metricSchema.required(),
    studies: z.array(resolvedStudySchema).min(1).max(20),
    final: resolvedFinalSchema.optional(),
    seed: seedSchema,
    objectiveSeed: seedSchema,
  })
  .meta({ id: 'ResolvedCampaignSpec', description: 'A campaign definition with every default filled in.' });

export type CampaignSpec = z.output<typeof campaignSpecSchema>;
export type ResolvedCampaign = z.output<typeof resolvedCampaignSchema>;
export type CampaignStudy = ResolvedCampaign['studies'][number];
