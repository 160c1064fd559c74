import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignEstimate } from '../campaigns/estimate.ts';

const count = (description: string) => z.int().min(0).nullable().describe(description);

const effort = {
  trials: count('Trials charged, at most.'),
  trainingsAtMost: count('Upper bound on the trials that train; the others reuse stored results.'),
  stepsAtMost: count('Steps trained, at most.'),
  stepsExpected: count('Steps trained if configurations were spread evenly over the search space.'),
  coreHours: z
    .strictObject({
      low: z.number().min(0).describe('At the highest measured speed.'),
      high: z.number().min(0).describe('At the lowest measured speed.'),
    })
    .meta({ id: 'CoreHours', description: 'Processor time, as a range.' })
    .nullable()
    .describe('Processor time of the expected steps and of all measurements. Divide by the number of cores to get the elapsed time.'),
  diskMb: z
    .number()
    .min(0)
    .nullable()
    .describe('Size of the step checkpoints of all trainings in units of 10⁶ bytes, if none is deleted before the end.'),
};

const totalSchema = z.strictObject(effort).meta({
  id: 'Effort',
  description: 'null if only time or a target value ends it, or if the objective has no estimate of processor time and disk.',
});

const partSchema = z
  .strictObject({ part: z.string().describe('Name of the part in the campaign.'), kind: partKindSchema, ...effort })
  .meta({
    id: 'PartEstimate',
    description:
      'Estimate for a part of a campaign; null if only time or a target value ends it, or if the objective has no estimate of processor time and disk.',
  });

/** The estimated cost of a campaign before it is created. */
export const campaignEstimateSchema: z.ZodType<CampaignEstimate> = z
  .strictObject({
    parts: z.array(partSchema).describe('In the order in which the campaign adds them.'),
    total: totalSchema,
    assumes: z.string().describe('The assumptions, in words.'),
  })
  .meta({
    id: 'CampaignEstimate',
    description: 'The estimated cost of a campaign: counts are exact or upper bounds, everything else is an estimate.',
  });
