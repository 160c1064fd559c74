import { z } from 'zod';
import { valuesSchema } from '../objectives/contract.ts';

/** A worker's own reference to a checkpoint. */
export const referenceSchema = z
  .string()
  .min(1)
  .max(2000)
  .describe('Your own reference to a checkpoint, such as an address in your storage.');

/** A checkpoint from which an evaluation may continue. */
export const resumeSchema = z
  .strictObject({
    trialId: z.uuid().describe('Id of the trial that reported the checkpoint: of this one, in an earlier attempt, or of an earlier trial.'),
    number: z.int().min(0).describe('Its number.'),
    step: z.int().min(1).describe('The step after which the checkpoint was made.'),
    values: valuesSchema,
    checkpoint: referenceSchema,
  })
  .meta({ id: 'ResumePoint', description: 'The last reported checkpoint of an earlier attempt, or of an earlier trial.' });

/** The trial that another one continues. */
export const continuedTrialSchema = z
  .strictObject({
    trialId: z.uuid().describe('Id of the earlier trial.'),
    number: z.int().min(0).describe('Its number.'),
  })
  .meta({
    id: 'ContinuedTrial',
    description:
      'An earlier trial with fewer steps, with which the evaluation goes on. Where the sampler changes values on the way, those of this one may differ.',
  });
