import { z } from 'zod';
import { oriented } from '../samplers/contract.ts';
import { metricOf, type ResolvedSpec } from '../studies/definition/definition.ts';
import { type Judgement, judgedRung, othersAtMost, reasonOf, stops } from '../studies/pruning/judgement.ts';

/** A judgement of a pruner as it is shown: in values of the metric, not in scores. */
export const shownJudgementSchema = z
  .strictObject({
    step: z.int().min(1).describe('The step whose report was judged.'),
    rung: z.int().min(0).describe('Place of the step among those at which the pruner judges, from 0.'),
    value: z.number().nullable().describe('The metric at this step; null: it was not finite.'),
    others: z
      .int()
      .min(0)
      .max(othersAtMost)
      .describe(`Number of other trials that it was compared with, at the same step: the youngest ${othersAtMost} if there are more.`),
    limit: z
      .number()
      .nullable()
      .describe(
        'The value with which a trial just went on; null: it went on with any, because there were too few others, or none of them had a finite value.',
      ),
    stopped: z.boolean().describe('true: the trial was stopped after this step.'),
    reason: z.string().describe('The decision in words.'),
  })
  .meta({ id: 'ShownJudgement', description: 'The decision of the pruner about a trial after a step.' });

/** The decision of the pruner in words; undefined without a judgement, and if the study has no pruner. */
export function pruneReason(
  { pruner, metrics }: Pick<ResolvedSpec, 'pruner' | 'metrics'>,
  judgement: Judgement | undefined,
): string | undefined {
  return pruner && judgement && reasonOf({ pruner, metric: metricOf({ metrics }) }, judgement);
}

/** Builds the judgements of a trial; null if its study has no pruner. */
export function representJudgements(
  spec: Pick<ResolvedSpec, 'pruner' | 'metrics'>,
  judgements: readonly Judgement[],
): z.output<typeof shownJudgementSchema>[] | null {
  const { pruner } = spec;
  if (!pruner) return null;
  const metric = metricOf(spec);
  const shownScore = (score: number | null): number | null => (score === null ? null : oriented(metric.direction, score));
  return judgements.map((judgement) => ({
    step: judgement.step,
    rung: judgedRung(pruner, judgement.step),
    value: shownScore(judgement.score),
    others: judgement.others,
    limit: shownScore(judgement.least),
    stopped: stops(judgement),
    reason: reasonOf({ pruner, metric }, judgement),
  }));
}
