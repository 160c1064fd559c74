import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';

export const tpeOptionsSchema = z
  .strictObject({
    type: z.literal('tpe'),
    preset: describedEnum(['default', 'hyperopt'], {
      default:
        'models parameters jointly, and looks at wide linear ranges of floats on a logarithmic axis in every second trial, to need the fewest trials.',
      hyperopt: 'models each parameter alone, like hyperopt with its defaults.',
    }).default('default'),
    startupTrials: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe('Number of random trials before the model is used. Default: 10, or 20 in the preset hyperopt.'),
    candidates: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Number of candidates drawn from the model of the good trials; the most promising one is tried. Default: 24.'),
    priorWeight: z
      .number()
      .min(0.001)
      .max(1000)
      .optional()
      .describe('Weight of the prior over the whole search space relative to one trial; a larger weight explores more. Default: 1.'),
  })
  .meta({
    id: 'TpeSampler',
    description:
      'Tree-structured Parzen estimator: models the densities of good and bad trials, and tries the configuration with the best ratio.',
  });

export type TpeOptions = z.output<typeof tpeOptionsSchema>;
