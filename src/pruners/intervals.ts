import { z } from 'zod';

/** Options of pruners that judge at regular steps. */
export const intervalFields = {
  warmupSteps: z.int().min(0).max(1_000_000_000).default(1).describe('Number of first steps at which no trial is judged.'),
  intervalSteps: z.int().min(1).max(1_000_000_000).default(1).describe('Steps from one judgement to the next.'),
  minTrials: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('No trial is stopped at a step that fewer of the trials that it is compared with have reported.'),
};

/** The step after the warm-up is rung 0, and so many steps later follows the next one. */
export function rungAfterWarmup(
  { warmupSteps, intervalSteps }: { readonly warmupSteps: number; readonly intervalSteps: number },
  step: number,
): number | null {
  const beyond = step - warmupSteps - 1;
  return beyond >= 0 && beyond % intervalSteps === 0 ? beyond / intervalSteps : null;
}
