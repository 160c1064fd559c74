import { z } from 'zod';

export const tpeOptionsSchema = z
  .strictObject({
    type: z.literal('tpe'),
    preset: z
      .enum(['default', 'hyperopt'])
      .default('default')
      .describe(
        'default: parameters together, for the fewest trials; hyperopt: what hyperopt does with its defaults, parameter by parameter.',
      ),
    startupTrials: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe('Trials drawn at random before the model has a say. Absent: 10, in the preset hyperopt 20.'),
    candidates: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Candidates drawn from the model of the good trials, of which the most promising is tried. Absent: 24.'),
    priorWeight: z
      .number()
      .min(0.001)
      .max(1000)
      .optional()
      .describe('Weight of the search space as a whole beside one trial: more explores more. Absent: 1.'),
  })
  .meta({
    id: 'TpeSampler',
    description:
      'Tree-structured Parzen estimator: models where good trials are and where bad ones are, and tries what is likelier among the good.',
  });

export type TpeOptions = z.output<typeof tpeOptionsSchema>;
