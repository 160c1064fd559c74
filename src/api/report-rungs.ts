import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';

const steps = z.int().min(0);

const rungSchema = z
  .strictObject({
    rung: z.int().min(0).describe('From 0, the one with the fewest steps. Of a population that trains together it is the round.'),
    fewestSteps: steps.describe('Fewest steps of a trial at it.'),
    mostSteps: steps.describe('Most steps of a trial at it.'),
    trials: z.int().min(1).describe('Number of trials, of all brackets or generations.'),
    wentOn: z
      .int()
      .min(0)
      .describe('Number of them that a trial of the next rung continues; of a population, by their own member or by one that copies it.'),
    best: z.number().nullable().describe('Best value of the metric; null if no trial has one.'),
    stepsSaved: z
      .number()
      .min(0)
      .describe('Steps that the other trials would still have taken to their end; 0 for a population, whose members all go on.'),
  })
  .meta({ id: 'ReportRung', description: 'Trials of one rung: a search measured them with few steps and continued some.' });

/** The rungs of a study whose sampler has rungs. */
export const rungsSchema = z.array(rungSchema);

export type RungRepresentation = z.output<typeof rungSchema>;

/** Builds the rungs of a report; null if the sampler has none. */
export function representRungs({ rungs }: PartFindings): RungRepresentation[] | null {
  return rungs && rungs.length > 0 ? rungs.map((rung) => ({ ...rung })) : null;
}
