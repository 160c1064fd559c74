import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scoreAtTop } from '../../src/pruners/percentile/score-at-top.ts';
import { type BoundPruner, prunerFor, prunerOptionsSchema } from '../../src/pruners/table.ts';

const direction = z.enum(['minimize', 'maximize']);
const numbers = z.array(z.number());
const vectors = z
  .object({
    percentiles: z.array(z.strictObject({ scores: numbers, share: z.number(), score: z.number() })),
    percentile: z.array(
      z.strictObject({ direction, percentile: z.number(), minTrials: z.int(), values: numbers, stopped: z.array(z.boolean()) }),
    ),
    intervals: z.array(z.strictObject({ warmupSteps: z.int(), intervalSteps: z.int(), judged: z.array(z.int()) })),
    halving: z.array(
      z.strictObject({
        direction,
        minSteps: z.int(),
        reductionFactor: z.int(),
        trials: z.array(z.strictObject({ values: numbers, stopped: z.int().nullable() })),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../vectors/pruners.json', import.meta.url), 'utf8')));

const prunerOf = (options: object): BoundPruner => prunerFor(prunerOptionsSchema.parse(options));
const scored = (toward: 'minimize' | 'maximize', value: number) => (toward === 'maximize' ? value : -value);

/** True if a trial does not go on. */
function isStopped(pruner: BoundPruner, score: number, others: readonly number[]): boolean {
  const least = pruner.leastScore(others);
  return least !== null && score < least;
}

test('the score at the end of a best share is that of numpy.percentile', () => {
  for (const { scores, share, score } of vectors.percentiles)
    expect(Math.abs(scoreAtTop(scores, share) - score), `${share} of ${scores}`).toBeLessThan(1e-14);
});

describe('stops as Optuna', () => {
  test.each(vectors.percentile)('where the best $percentile % go on, after $minTrials trials, to $direction', (each) => {
    const { percentile, minTrials, values, stopped } = each;
    const scores = values.map((value) => scored(each.direction, value));
    const pruners = [
      prunerOf({ type: 'percentile', percentile, minTrials }),
      ...(percentile === 50 ? [prunerOf({ type: 'median', minTrials })] : []),
    ];
    for (const pruner of pruners) expect(scores.map((score, trial) => isStopped(pruner, score, scores.slice(0, trial)))).toEqual(stopped);
  });

  test.each(vectors.halving)('by halving: $minSteps, $minSteps × $reductionFactor, … steps, to $direction', (each) => {
    const pruner = prunerOf({ type: 'asha', minSteps: each.minSteps, reductionFactor: each.reductionFactor });
    for (const [trial, { values, stopped }] of each.trials.entries()) {
      const before = each.trials.slice(0, trial);
      const step = values.findIndex((value, index) => {
        if (pruner.rungOf(index + 1) === null) return false;
        const others = before.flatMap((other) => other.values[index] ?? []);
        return isStopped(
          pruner,
          scored(each.direction, value),
          others.map((other) => scored(each.direction, other)),
        );
      });
      expect(step < 0 ? null : step + 1, `trial ${trial}`).toBe(stopped);
    }
  });

  test.each(vectors.intervals)('at the same steps: after $warmupSteps, every $intervalSteps', ({ warmupSteps, intervalSteps, judged }) => {
    const pruner = prunerOf({ type: 'median', warmupSteps, intervalSteps });
    const steps = Array.from({ length: 30 }, (_, index) => index + 1);
    expect(steps.filter((step) => pruner.rungOf(step) !== null)).toEqual(judged);
  });
});
