import { z } from 'zod';
import type { Pruner } from '../contract.ts';

const ashaOptionsSchema = z
  .strictObject({
    type: z.literal('asha'),
    minSteps: z.int().min(1).max(1_000_000_000).default(1).describe('Step of the first rung.'),
    reductionFactor: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe('Each rung lets one of so many trials go on, and the next rung is at so many times as many steps.'),
  })
  .meta({ id: 'AshaPruner', description: 'Stops all but the best trials at rungs whose steps grow by a factor.' });

type Options = z.output<typeof ashaOptionsSchema>;

/** Name of a share 1/n. */
const shares: Readonly<Record<number, string>> = { 2: 'the better half', 3: 'the best third', 4: 'the best quarter' };

/**
 * Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2) in the form
 * that decides at once: a trial goes on beyond a rung if it is among the best 1 / η of those that have reached it, itself included, and while these
 * are fewer than η, if it is the best of them. Our name ↔ its symbol: `minSteps` ↔ r, `reductionFactor` ↔ η.
 *
 * Optuna's pruner of successive halving decides the same (`min_resource`, `reduction_factor`, `min_early_stopping_rate` 0) where trials report every step. A trial
 * that does not report the step of a rung is not judged there; Optuna judges its next report in place of that. A value that is not finite is stopped
 * unless no other trial has a finite one; Optuna stops it always.
 */
export const ashaPruner: Pruner<typeof ashaOptionsSchema> = {
  name: 'asha',
  summary: 'Stops most trials early, at rungs whose steps grow by a factor; saves the most where steps are many.',
  optionsSchema: ashaOptionsSchema,
  rungOf: ({ minSteps, reductionFactor }, step) => {
    let rung = 0;
    let at = minSteps;
    while (at < step) {
      at *= reductionFactor;
      rung += 1;
    }
    return at === step ? rung : null;
  },
  comparesWith: 'completed and stopped',
  leastScore: (options, others) => {
    const kept = keptOf(options, others.length + 1);
    return Float64Array.from(others).sort().at(-kept) ?? null;
  },
  part: ({ reductionFactor }) => shares[reductionFactor] ?? `the best of every ${reductionFactor}`,
};

/** Number of trials that go on, of so many at a rung. */
function keptOf({ reductionFactor }: Options, trials: number): number {
  return Math.max(1, Math.floor(trials / reductionFactor));
}
