import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation } from '../../../src/samplers/observation.ts';
import { ranked } from '../../../src/samplers/ranked.ts';
import { geometryOf } from '../../../src/samplers/tpe/geometry.ts';
import { gatherEvidence } from '../../../src/samplers/tpe/past.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { completed, failed, type Result, square, squareSampler, stopped } from './generations.ts';

const vectors = z
  .object({
    tpeOrder: z.array(
      z.strictObject({
        direction: z.enum(['minimize', 'maximize']),
        results: z.array(z.strictObject({ value: z.number(), prunedAt: z.int().nullable() })),
        order: z.array(z.int()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/pruners.json', import.meta.url), 'utf8'))).tpeOrder;

const geometry = geometryOf(square);
const place = { x: 0.5, y: 0.5 };

function historyOf(results: readonly Result[]): Observation[] {
  return results.map((result, number) => ({ number, index: number, parameters: place, origin: {}, ...result }));
}

/** The order of some trials and of as many pending ones. */
function orderOf(history: readonly Observation[], pending = 0, direction: 'minimize' | 'maximize' = 'maximize'): number[] {
  const evidence = gatherEvidence([direction], geometry, { history, pending: Array.from({ length: pending }, () => place) });
  return [...evidence.order];
}

const result: fc.Arbitrary<Result> = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map(completed),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.option(fc.integer({ min: 0, max: 4 }))).map(([step, value]) => stopped(step, value)),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 })).map(([value, violation]) => ({ value, violation })),
  fc.constant(failed),
);

describe('the order of trials', () => {
  test.each(vectors)('is that in which Optuna takes them for good, to $direction', ({ direction, results, order }) => {
    const trials = results.map(({ value, prunedAt }) => (prunedAt === null ? completed(value) : stopped(prunedAt, value)));
    expect(orderOf(historyOf(trials), 0, direction)).toEqual(order);
  });

  test('has stopped trials behind those beyond a limit, and before failures and pending ones', () => {
    const results = [failed, stopped(2, 9), { value: 9, violation: 3 }, completed(1), stopped(3, 1), stopped(4, null), completed(2)];
    expect(orderOf(historyOf(results), 2)).toEqual([6, 3, 2, 4, 1, 0, 5, 7, 8]);
  });

  test('is that of all samplers, however the history grows and is cut', () => {
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 90 }), fc.array(fc.nat(90), { maxLength: 8 }), (results, lengths) => {
        const all = historyOf(results);
        for (const length of [...lengths, all.length]) {
          const history = all.slice(0, Math.max(1, length));
          const expected = ranked('maximize', history, ({ number }) => number).map(({ number }) => number);
          expect(orderOf(history)).toEqual(expected);
        }
      }),
      { seed: 20_261_130, numRuns: 200 },
    );
  });
});

describe('a suggestion', () => {
  const draws = randomStream(5, 'history');
  const scattered = Array.from({ length: 40 }, () => ({ x: draws.uniform(), y: draws.uniform() }));
  const stream = (purpose: string, ...indices: number[]) => randomStream(indices[0] ?? 0, purpose, ...indices);

  /** The median x of 21 suggestions. */
  function medianOf(resultAt: (x: number) => Result): number {
    const history = scattered.map((parameters, number) => ({ number, index: number, parameters, origin: {}, ...resultAt(parameters.x) }));
    const sampler = squareSampler({ type: 'tpe' });
    const xs = Array.from({ length: 21 }, (_, index) => {
      const proposal = sampler.suggest(sampler.init(), { firstIndex: 40 + index, count: 1, history, pending: [], stream });
      return proposal.kind === 'suggestions' ? Number(proposal.suggestions[0]?.parameters['x']) : Number.NaN;
    });
    return xs.toSorted((one, other) => one - other)[10] ?? Number.NaN;
  }

  test('keeps away from stopped trials, whatever they had reached', () => {
    expect(medianOf((x) => (x < 0.5 ? stopped(9, 100 - x) : completed(1 - x)))).toBeGreaterThan(0.5);
    expect(medianOf((x) => completed(x < 0.5 ? 100 - x : 1 - x))).toBeLessThan(0.5);
  });

  test('looks near those that got furthest where all were stopped', () => {
    expect(medianOf((x) => stopped(x > 0.7 ? 9 : 1, 1 - x))).toBeGreaterThan(0.65);
  });
});
