import { z } from 'zod';

const count = (description: string) => z.int().min(0).nullable().describe(description);

/** The fields of an estimated effort. */
export const effortFields = {
  trials: count('Trials charged, at most.'),
  trainingsAtMost: count('Upper bound on the trials that are evaluated; the others reuse stored results.'),
  stepsAtMost: count('Steps that are evaluated, at most.'),
  stepsExpected: count('Steps that are evaluated if configurations were spread evenly over the search space.'),
  coreSeconds: z
    .strictObject({
      low: z.number().min(0).describe('At the highest measured speed.'),
      high: z.number().min(0).describe('At the lowest measured speed.'),
    })
    .meta({ id: 'CoreSeconds', description: 'Processor time, as a range.' })
    .nullable()
    .describe(
      'Processor time of the expected steps and of all measurements. Divide by the number of trials that run at once to get the elapsed time.',
    ),
  diskMb: z
    .number()
    .min(0)
    .nullable()
    .describe('Size of the step checkpoints of all evaluations in units of 10⁶ bytes, if none is deleted before the end.'),
};
