import { z } from 'zod';
import { trialNumberSchema } from './trial.ts';

export const forkOriginSchema = z
  .strictObject({
    study: z
      .uuid()
      .nullable()
      .describe(
        'Id of the study that was forked here, which may have been deleted since; null if the fork was made from a document, which has no id.',
      ),
    generation: z
      .int()
      .min(0)
      .nullable()
      .describe('Number of the last generation that the fork kept; null if it was forked after a number of trials.'),
    trials: trialNumberSchema.min(1).describe('Number of trials that the fork kept, from the first.'),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe(
        "SHA-256 over the canonical text of the source's export without its provenance, as it was when it was forked: the digest that a verification of the source shows, unless the source has changed since.",
      ),
  })
  .meta({ id: 'ForkOrigin', description: 'The study and the results that a fork began with.' });

/** The study and the results that a fork began with. */
export type ForkOrigin = Readonly<z.output<typeof forkOriginSchema>>;

/** The origin of a fork as an export has it: without the id of the study, which another service does not know. */
export const exportedForkOriginSchema = forkOriginSchema
  .omit({ study: true })
  .meta({ id: 'ExportedForkOrigin', description: 'The results that a fork began with.' });
