import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { metricOf } from '../studies/definition/definition.ts';
import { judgedRung, reasonOf } from '../studies/pruning/judgement.ts';
import { inOrder } from './parameter-order.ts';

const step = z.int().min(1).describe('The step after which the pruner stopped.');
const rung = z.int().min(0).describe('Place of the step among those at which the pruner judges, from 0.');

const stepSchema = z
  .strictObject({ step, rung, trials: z.int().min(1).describe('Number of trials that were stopped after it.') })
  .meta({ id: 'ReportStopStep', description: 'A step after which trials were stopped.' });

const trialSchema = z
  .strictObject({
    trial: z.int().min(0).describe('Number of the trial.'),
    step,
    rung,
    value: z.number().nullable().describe('Value of the metric at this step; null if it is not finite.'),
    reason: z.string().describe('The decision of the pruner in words.'),
    parameters: z.record(z.string(), parameterValueSchema).describe('Its configuration.'),
  })
  .meta({ id: 'ReportStoppedTrial', description: 'A trial that was stopped early.' });

/** The trials of a study that its pruner stopped. */
export const stoppedSchema = z
  .strictObject({
    steps: z
      .array(stepSchema)
      .describe(
        'The steps after which trials were stopped, in order; of more than 50 those with the most trials. Their trials are then fewer than `trialsPruned` of the costs.',
      ),
    furthest: z.array(trialSchema).describe('The 10 stopped trials with the most steps; with equally many, the better one first.'),
  })
  .meta({ id: 'ReportStopped', description: 'The trials that the pruner stopped.' });

export type StoppedRepresentation = z.output<typeof stoppedSchema>;

/** Builds the stopped trials of a report; null if the study has no pruner. */
export function representStopped({ study: { spec }, stopped }: PartFindings): StoppedRepresentation | null {
  const { pruner, searchSpace } = spec;
  if (!pruner || !stopped) return null;
  return {
    steps: stopped.steps.map((one) => ({ ...one, rung: judgedRung(pruner, one.step) })),
    furthest: stopped.furthest.map(({ number, value, parameters, judgement }) => ({
      trial: number,
      step: judgement.step,
      rung: judgedRung(pruner, judgement.step),
      value,
      reason: reasonOf({ pruner, metric: metricOf(spec) }, judgement),
      parameters: { ...inOrder(parameters, searchSpace) },
    })),
  };
}
