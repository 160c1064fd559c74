import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import type { PrunerOptions } from '../../pruners/table.ts';
import { prunerFor } from '../../pruners/table.ts';
import { oriented } from '../../samplers/contract.ts';
import { invariant } from '../../shared/errors.ts';
import type { Metric } from '../definition/definition.ts';
import type { TrialState } from '../model/states.ts';
import { mostTrials } from '../model/trial.ts';

/** Other trials that a judgement compares with at most, the youngest first: it takes the same time however long the study is. */
export const othersAtMost = 1000;

export const judgementSchema = z
  .strictObject({
    step: z.int().min(1).describe('The step whose report was judged.'),
    score: z.number().nullable().describe('Value of the metric at the step, oriented so that more is better; null: it was not finite.'),
    others: z
      .int()
      .min(0)
      .max(othersAtMost)
      .describe('Number of other trials that it was compared with: the youngest ones, if there are more.'),
    least: z.number().nullable().describe('The least score with which it went on; null: it went on with any.'),
    place: z
      .int()
      .min(0)
      .max(mostTrials)
      .optional()
      .describe('Under the asynchronous schedule, its place among the trials that were judged at this step: it saw those before it.'),
  })
  .meta({ id: 'Judgement', description: 'The decision of the pruner whether a trial goes on after a step.' });

/** The decision of a pruner about a trial after a step. It is made once, and stays for every later attempt. */
export type Judgement = Readonly<z.output<typeof judgementSchema>>;

/** True if the trial was stopped. */
export function stops({ score, least }: Pick<Judgement, 'score' | 'least'>): boolean {
  return least !== null && (score ?? Number.NEGATIVE_INFINITY) < least;
}

/** The score of a trial at a step; null: its value is missing or not finite. */
export function scoreAt({ name, direction }: Metric, values: Values): number | null {
  const value = values[name] ?? null;
  return value === null ? null : oriented(direction, value);
}

/** True if a trial is judged at a step. Its last step completes it. @param steps that it asks for; null: only its evaluator knows */
export function isJudgedAt(pruner: PrunerOptions, step: number, steps: number | null): boolean {
  return prunerFor(pruner).rungOf(step) !== null && (steps === null || step < steps);
}

/** True if a later judgement of the deterministic schedule compares with trials that ended so. */
export function isComparedWith(pruner: PrunerOptions, state: TrialState): boolean {
  return state === 'completed' || (state === 'pruned' && prunerFor(pruner).comparesWith === 'completed and stopped');
}

/** Judges a report. @param others scores of the trials that it is compared with, at the same step */
export function judged(
  pruner: PrunerOptions,
  { step, score }: Pick<Judgement, 'step' | 'score'>,
  others: readonly (number | null)[],
): Judgement {
  const least = prunerFor(pruner).leastScore(others.map((other) => other ?? Number.NEGATIVE_INFINITY));
  return { step, score, others: others.length, least: least !== null && Number.isFinite(least) ? least : null };
}

/** Place of a step at which a trial was judged among those at which the pruner judges, from 0. */
export function judgedRung(pruner: PrunerOptions, step: number): number {
  const rung = prunerFor(pruner).rungOf(step);
  invariant(rung !== null, `the pruner ${pruner.type} judges at step ${step}, at which a trial was judged`);
  return rung;
}

/** The judgement in words: "rung 2 (step 9): score 0.81; beside 12 other trials it is outside the best third, which begins at 0.84". */
export function reasonOf({ pruner, metric }: { readonly pruner: PrunerOptions; readonly metric: Metric }, judgement: Judgement): string {
  const { part } = prunerFor(pruner);
  const { step, score, others, least } = judgement;
  const shown = (one: number | null): string => (one === null ? 'no finite value' : String(oriented(metric.direction, one)));
  const compared = others === 1 ? '1 other trial' : `${others} other trials`;
  const at = `rung ${judgedRung(pruner, step)} (step ${step}): ${metric.name} ${shown(score)}; beside ${compared}`;
  if (least === null) return `${at}, of which none could stop it`;
  return `${at} it is ${stops(judgement) ? 'outside' : 'in'} ${part()}, which begins at ${shown(least)}`;
}
