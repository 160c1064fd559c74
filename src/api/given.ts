import { z } from 'zod';
import { givenFields } from '../studies/definition/given-trials.ts';
import { trialStateSchema } from '../studies/model/states.ts';
import { attributesSchema, linkSchema } from './ask.ts';
import { referenceSchema } from './resume.ts';

/** Most trials of one request. */
const mostAdded = 1000;

const addedSchema = z
  .strictObject({
    ...givenFields,
    checkpoint: referenceSchema.optional(),
    attributes: attributesSchema.optional(),
    links: z.array(linkSchema).max(20).optional().describe('Addresses that belong to the result.'),
  })
  .refine(({ values, checkpoint, attributes, links }) => values !== undefined || (checkpoint ?? attributes ?? links) === undefined, {
    error: 'must have values beside a checkpoint, attributes or links, which belong to a result',
  })
  .meta({ id: 'AddedTrial', description: 'A configuration that you name in place of the sampler, with its result if you know it.' });

/** Trials that a client gives. */
export const addTrialsRequestSchema = z
  .strictObject({
    trials: z.array(addedSchema).min(1).max(mostAdded).describe('All are stored, or none. They take the next numbers, in order.'),
  })
  .meta({ id: 'AddTrialsRequest', description: 'Trials to add to a study.' });

/** Trials that were given. */
export const addedTrialsSchema = z
  .strictObject({
    trials: z
      .array(
        z
          .strictObject({
            id: z.uuid().describe('Id of the trial.'),
            number: z.int().min(0).describe('Its number in the study.'),
            state: trialStateSchema,
          })
          .meta({ id: 'AddedTrialState', description: 'A trial that was added.' }),
      )
      .describe('In the order of the request.'),
  })
  .meta({ id: 'AddedTrials', description: 'The trials that a request added.' });

export type AddTrialsRequest = z.input<typeof addTrialsRequestSchema>;
export type AddedTrials = z.output<typeof addedTrialsSchema>;
