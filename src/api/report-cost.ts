import { z } from 'zod';
import type { TrialTotals } from '../studies/ports/report-reads.ts';

const count = z.int().min(0);

/** The cost of the results of some studies. */
export const costSchema = z
  .strictObject({
    trialsCharged: count.describe('Trials that ended and count against the budget. Cancelled trials are not charged.'),
    trialsCompleted: count.describe('Charged trials that have a result.'),
    trialsFailed: count.describe('Charged trials that failed.'),
    trialsPruned: count.describe('Charged trials that a pruner stopped.'),
    sources: z
      .strictObject({
        trained: count.describe('Trained for the trial.'),
        reused: z
          .strictObject({
            equal: count.describe('Reused from an equal evaluation.'),
            longer: count.describe('Reused from a longer evaluation.'),
          })
          .meta({ id: 'ReportReuse', description: 'Results that were read from other evaluations.' }),
        imported: count.describe('From an import.'),
      })
      .meta({ id: 'ReportSources', description: 'Number of results by source.' })
      .describe(
        'The source of the results: evaluated for the trial, reused from an equal evaluation, reused from a longer one, or imported.',
      ),
    trainings: count.describe('Trials in any state for which at least one step was evaluated.'),
    stepsDone: count.describe('Steps of the results of the charged trials, evaluated or reused.'),
    stepsTrained: count.describe(
      'Steps that were evaluated, and not reused. A step that was evaluated again after a crash counts each time.',
    ),
    stepsReused: count.describe(
      'Steps that charged trials reused from other evaluations: the steps of their results minus those evaluated for them.',
    ),
    stepsSaved: count.describe(
      'Steps that stopped trials asked for and did not take. Workers of clients alone know how many theirs had: these count none.',
    ),
    wallClockSeconds: z
      .number()
      .min(0)
      .nullable()
      .describe(
        'Time from the start of the first trial to the end of the last one that ended, pauses and downtime included; null before that.',
      ),
    coreSeconds: z
      .number()
      .min(0)
      .describe(
        'Sum of the times from first claim to end over all trials that ended; a trial uses one core. For a requeued trial (see interruptedTrials), it includes the wait until the next claim.',
      ),
    interruptedTrials: count.describe('Trials that were claimed more than once.'),
  })
  .meta({ id: 'ReportCost', description: 'The cost of results so far.' });

export type ReportCostRepresentation = z.output<typeof costSchema>;

/** Adds up the costs of several studies. The wall-clock time is from the first start to the last end of any of them. */
export function costOf(parts: readonly TrialTotals[]): ReportCostRepresentation {
  const sum = (of: (totals: TrialTotals) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const starts = parts.flatMap(({ firstStartedAt }) => (firstStartedAt === null ? [] : [firstStartedAt.getTime()]));
  const ends = parts.flatMap(({ lastFinishedAt }) => (lastFinishedAt === null ? [] : [lastFinishedAt.getTime()]));
  return {
    trialsCharged: sum(({ charged }) => charged),
    trialsCompleted: sum(({ completed }) => completed),
    trialsFailed: sum(({ failed }) => failed),
    trialsPruned: sum(({ pruned }) => pruned),
    sources: {
      trained: sum(({ sources }) => sources.trained),
      reused: { equal: sum(({ sources }) => sources.reused.equal), longer: sum(({ sources }) => sources.reused.longer) },
      imported: sum(({ sources }) => sources.imported),
    },
    trainings: sum(({ trainings }) => trainings),
    stepsDone: sum(({ stepsDone }) => stepsDone),
    stepsTrained: sum(({ stepsTrained }) => stepsTrained),
    stepsReused: sum(({ stepsReused }) => stepsReused),
    stepsSaved: sum(({ stepsSaved }) => stepsSaved),
    wallClockSeconds: ends.length === 0 ? null : Math.max(0, (Math.max(...ends) - Math.min(...starts)) / 1000),
    coreSeconds: Number(sum(({ heldSeconds }) => heldSeconds).toFixed(3)),
    interruptedTrials: sum(({ interrupted }) => interrupted),
  };
}
