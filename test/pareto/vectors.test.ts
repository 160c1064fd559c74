import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { peelConstrained, sortConstrained } from '../../src/pareto/constrained-fronts.ts';
import { crowdingDistances } from '../../src/pareto/crowding.ts';
import type { Point } from '../../src/pareto/dominance.ts';
import { peelFronts, sortFronts } from '../../src/pareto/fronts.ts';
import { hypervolume } from '../../src/pareto/hypervolume.ts';

const points = z.array(z.array(z.number()));
const volume = z.strictObject({ reference: z.array(z.number()), pymoo: z.number(), optuna: z.number() });
const vectors = z
  .strictObject({
    versions: z.record(z.string(), z.string()),
    cases: z.array(
      z.strictObject({
        title: z.string(),
        losses: points,
        fronts: z.array(z.array(z.int())),
        crowding: z.array(z.array(z.number().nullable())),
        volume,
      }),
    ),
    largeFront: z.strictObject({ losses: points, volume }),
    constrained: z.strictObject({ losses: points, violations: z.array(z.number()), ranks: z.array(z.int()) }),
  })
  .parse(JSON.parse(readFileSync(new URL('../vectors/pareto.json', import.meta.url), 'utf8')));

/** Losses as values of which more is better. */
const fromLosses = (losses: readonly Point[]): Point[] => losses.map((point) => point.map((value) => -value));

describe.each(vectors.cases)('$title', ({ losses, fronts, crowding, volume: { reference, pymoo, optuna } }) => {
  const oriented = fromLosses(losses);

  test('fronts are those of pymoo and Optuna, sorted whole and peeled', () => {
    expect(sortFronts(oriented)).toEqual(fronts);
    expect(peelFronts(oriented, losses.length)).toEqual(fronts);
    expect(peelFronts(oriented, 1)).toEqual(fronts.slice(0, 1));
  });

  test('crowding distances of every front are those of pymoo', () => {
    let compared = 0;
    for (const [place, front] of fronts.entries()) {
      const expected = crowding[place] ?? [];
      if (expected.length === 0) continue;
      const distances = crowdingDistances(front.map((index) => oriented[index] ?? []));
      expect(distances).toHaveLength(expected.length);
      for (const [index, distance] of distances.entries()) expect(distance).toBeCloseTo(expected[index] ?? Number.POSITIVE_INFINITY, 12);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
  });

  test('the hypervolume is that of pymoo and Optuna', () => {
    const found = hypervolume(
      oriented,
      reference.map((value) => -value),
    );
    expect(found).toBeCloseTo(pymoo, 12);
    expect(found).toBeCloseTo(optuna, 12);
  });
});

test('the hypervolume of 250 points of four metrics on one front is that of pymoo and Optuna', () => {
  const { losses, volume: expected } = vectors.largeFront;
  const found = hypervolume(
    fromLosses(losses),
    expected.reference.map((value) => -value),
  );
  expect(found).toBeCloseTo(expected.pymoo, 12);
  expect(found).toBeCloseTo(expected.optuna, 12);
});

test('fronts under constraints are those of Optuna', () => {
  const { losses, violations, ranks } = vectors.constrained;
  const candidates = fromLosses(losses).map((values, index) => ({ values, violation: violations[index] ?? 0 }));
  const expected = Array.from({ length: Math.max(...ranks) + 1 }, (_, rank) => [...ranks.keys()].filter((index) => ranks[index] === rank));
  expect(sortConstrained(candidates)).toEqual(expected);
  expect(peelConstrained(candidates, candidates.length)).toEqual(expected);
});
