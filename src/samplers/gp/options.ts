import { z } from 'zod';

/** The options of `gp`. */
export const gpOptionsSchema = z
  .strictObject({
    type: z.literal('gp'),
    startupTrials: z.int().min(1).max(1000).default(8).describe('Number of quasi-random trials before the model is used.'),
  })
  .meta({
    id: 'GpSampler',
    description:
      'Gaussian processes: models the objective over the search space, scales of the parameters included, and tries the configuration with the largest expected improvement.',
  });
