import { z } from 'zod';
import { partKindSchema } from '../campaigns/campaign.ts';
import type { CampaignEstimate } from '../campaigns/estimate.ts';

const count = (description: string) => z.int().min(0).nullable().describe(description);

const effort = {
  trials: count('Trials charged, at most.'),
  trainingsAtMost: count('Trials that train anything, at most; the others read what is known.'),
  stepsAtMost: count('Steps trained, at most.'),
  stepsExpected: count('Steps trained if configurations were spread evenly over the search space.'),
  coreHours: z
    .strictObject({
      low: z.number().min(0).describe('At the speed of a fast hour.'),
      high: z.number().min(0).describe('At the speed of a slow hour.'),
    })
    .nullable()
    .describe('Processor time of the expected steps and of all measuring; divide by the cores for the time on a clock.'),
  diskMb: z
    .number()
    .min(0)
    .nullable()
    .describe('Step checkpoints of all trainings in units of 10⁶ bytes, were none removed before the end.'),
};

const totalSchema = z.strictObject(effort).meta({
  id: 'Effort',
  description: 'null: only time or a target value ends it, or the objective has no estimate of processor time and disk.',
});

const partSchema = z.strictObject({ part: z.string().describe('What the campaign calls it.'), kind: partKindSchema, ...effort }).meta({
  id: 'PartEstimate',
  description:
    'What a part of a campaign may take; null: only time or a target value ends it, or the objective has no estimate of processor time and disk.',
});

/** What a campaign may take, before anything is created. */
export const campaignEstimateSchema: z.ZodType<CampaignEstimate> = z
  .strictObject({
    parts: z.array(partSchema).describe('In the order in which they are added.'),
    total: totalSchema,
    assumes: z.string().describe('The assumptions, in words.'),
  })
  .meta({ id: 'CampaignEstimate', description: 'What a campaign may take: counts are exact or at most, the rest is an estimate.' });
