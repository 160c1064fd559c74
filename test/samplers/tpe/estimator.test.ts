import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Axis } from '../../../src/samplers/tpe/axis.ts';
import { bandwidths } from '../../../src/samplers/tpe/bandwidths.ts';
import { roughness } from '../../../src/samplers/tpe/log-sum.ts';
import { logNarrowMass, narrowHalfWidth } from '../../../src/samplers/tpe/normal-kernel.ts';
import { parzenEstimator } from '../../../src/samplers/tpe/parzen-estimator.ts';
import { Ranking } from '../../../src/samplers/tpe/ranking.ts';
import { defaultSettings, hyperoptSettings } from '../../../src/samplers/tpe/settings.ts';
import { equalWeights, linearForgetting, rankWeights } from '../../../src/samplers/tpe/weights.ts';
import { logRootTwoPi, normalMass } from '../../../src/shared/normal.ts';
import { randomStream } from '../../../src/shared/random.ts';
import type { UnitShare } from '../../../src/space/unit-cube.ts';
import { chiSquare, chiSquareLimit } from '../../shared/statistics.ts';
import { sampleAt } from './samples.ts';

describe('the normal distribution', () => {
  // mpmath 1.4.1 with 40 digits: (erfc(a / √2) − erfc(b / √2)) / 2
  test.each([
    [-1, 1, 0.6826894921370859],
    [0, 0.5, 0.19146246127401312],
    [2, 3, 0.02140023391654937],
    [-9, -8, 6.21983198586583e-16],
    [8, 9, 6.21983198586583e-16],
    [-30, 0.1, 0.539827837277029],
    [20, 21, 2.753624115326956e-89],
  ])('has between %d and %d the mass %d', (a, b, mass) => {
    expect(Math.abs(normalMass(a, b) / mass - 1)).toBeLessThan(1e-11);
  });

  test('has the same mass of a narrow interval by the series as by the error function', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: narrowHalfWidth / 2, max: narrowHalfWidth, noNaN: true }),
        (z, half) => {
          const series = logNarrowMass(z, half) + Math.log(2 * half) - logRootTwoPi;
          expect(Math.abs(series - Math.log(normalMass(z - half, z + half)))).toBeLessThan(1e-9);
        },
      ),
    );
  });
});

describe('kernel widths', () => {
  const free = () => 0.001;

  test('are the larger distance to a neighbour, the outermost ones to their only one', () => {
    expect([...bandwidths(Float64Array.of(0.1, 0.4, 0.2), { prior: false, least: free })].map((width) => width.toFixed(6))).toEqual([
      '0.100000',
      '0.200000',
      '0.200000',
    ]);
    expect([...bandwidths(Float64Array.of(0.1, 0.6), { prior: true, least: free })].map((width) => width.toFixed(6))).toEqual([
      '0.400000',
      '0.100000',
    ]);
  });

  test('are never below the least nor above 1, and as many as the centres', () => {
    const least = (count: number) => 1 / (count + 2);
    const centres = fc.array(fc.constantFrom(0, 0.001, 0.25, 0.5, 0.5001, 0.75, 1), { maxLength: 30 });
    fc.assert(
      fc.property(centres, fc.boolean(), (list, prior) => {
        const widths = bandwidths(Float64Array.from(list), { prior, least });
        expect(widths).toHaveLength(list.length);
        for (const width of widths) {
          expect(width).toBeGreaterThanOrEqual(least(list.length));
          expect(width).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('ranking', () => {
  const lost = Number.NEGATIVE_INFINITY;

  test('puts the best first, ties to the earlier, and what has no value last', () => {
    const ranking = new Ranking();
    ranking.add([3, 1, lost, 3, 5, 3, lost]);
    expect([...ranking.followedBy(0)]).toEqual([4, 0, 3, 5, 1, 2, 6]);
    expect([...ranking.followedBy(2)]).toEqual([4, 0, 3, 5, 1, 2, 6, 7, 8]);
    expect([...new Ranking().followedBy(1)]).toEqual([0]);
  });

  test('is the same however the trials came: one by one, many at once, or after others that were forgotten', () => {
    const values = fc.array(fc.constantFrom(0, -0, 1, 1e-300, -2.5, 7, lost), { maxLength: 120 });
    fc.assert(
      fc.property(values, fc.nat(120), fc.nat(120), (list, first, forgotten) => {
        const ranking = new Ranking();
        const kept = Math.min(first, list.length);
        ranking.add([...list.slice(0, kept), ...list.slice(0, forgotten).toReversed()]);
        ranking.keep(kept);
        for (const value of list.slice(kept, kept + 10)) ranking.add([value]);
        ranking.add(list.slice(kept + 10));
        const expected = [...list.keys()].sort((a, b) => compared(list[b] ?? 0, list[a] ?? 0) || a - b);
        expect([...ranking.followedBy(0)]).toEqual(expected);
      }),
    );
  });
});

function compared(one: number, other: number): number {
  return one > other ? 1 : one < other ? -1 : 0;
}

describe('an estimate of a density', () => {
  /** The parameters of one axis: numbers of steps (0: continuous), or of choices below 0. */
  const kinds = [0, -3, 2, 7, 15, 101, 350, 511, 100_000];
  const cases = fc.record({
    seed: fc.nat(),
    axes: fc.oneof(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }), fc.constant(Array<number>(64).fill(511))),
    trials: fc.constantFrom(0, 1, 3, 20, 255, 256, 700),
    spread: fc.constantFrom(0.01, 0.1, 0.5),
  });

  test('grows block by block up to the density, to within its roughness', () => {
    fc.assert(
      fc.property(cases, ({ seed, axes, trials, spread }) => {
        const stream = randomStream(seed, 'estimates');
        const shareOf = (count: number): UnitShare => {
          const coordinate = Math.min(Math.max(0.4 + spread * stream.normal(), 0), 0.999);
          if (count === 0) return { coordinate, low: coordinate, high: coordinate };
          const [steps, step] = [Math.abs(count), Math.floor(coordinate * Math.abs(count))];
          return { coordinate: (step + 0.5) / steps, low: step / steps, high: (step + 1) / steps };
        };
        const sample = sampleAt(
          axes.map((count) => (count === 0 ? { kind: 'continuous' } : count > 0 ? { kind: 'steps' } : { kind: 'choices', count: -count })),
          axes.map((count) => Array.from({ length: trials }, () => shareOf(count).coordinate)),
        );
        const mixture = parzenEstimator(sample, rankWeights(sample.ranks), defaultSettings.estimator);
        for (let point = 0; point < 10; point += 1) {
          const shares = axes.map(shareOf);
          const exact = mixture.logDensity(shares);
          const estimate = mixture.estimate(shares);
          while (!estimate.isWhole) {
            const before = estimate.log;
            estimate.refine();
            expect(estimate.log).toBeGreaterThanOrEqual(before - 1e-12);
          }
          expect(Math.abs(estimate.log - exact)).toBeLessThan(roughness / 2);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Ranks of so many observations that came best first. */
function ranked(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, rank) => rank);
}

describe('weights', () => {
  test('by linear forgetting are 1 for the youngest 25 and fade from there to 1 / n', () => {
    const weights = linearForgetting(ranked(28));
    expect([...weights.slice(0, 4)]).toEqual([1 / 28, 1 / 28 + (1 - 1 / 28) / 2, 1, 1]);
    expect([...linearForgetting(ranked(26))].slice(0, 2)).toEqual([1 / 26, 1]);
    expect([...linearForgetting(ranked(25))]).toEqual(Array(25).fill(1));
  });

  test('by rank fall with the rank, and are 1 on average', () => {
    const weights = rankWeights(Uint32Array.of(2, 0, 3, 1));
    expect([...weights.keys()].toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0))).toEqual([1, 3, 0, 2]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(4, 12);
    expect(rankWeights(ranked(0))).toHaveLength(0);
  });
});

describe.each([
  ['default', defaultSettings.estimator],
  ['hyperopt', hyperoptSettings.estimator],
] as const)('a Parzen estimator as in the preset %s', (_preset, rule) => {
  const numeric: Axis = { kind: 'steps' };
  const observed = [0.02, 0.31, 0.33, 0.98];
  const mixtures = [
    ['of nothing', []],
    ['of a few observations', observed],
  ] as const;

  test.each(mixtures)('%s has masses that sum to 1 over all steps, few or many', (_title, column) => {
    const mixture = parzenEstimator(sampleAt([numeric], [column]), equalWeights(ranked(column.length)), rule);
    for (const steps of [1, 2, 7, 100, 5000]) {
      const points = Array.from({ length: steps }, (_, step) => ({
        coordinate: (step + 0.5) / steps,
        low: step / steps,
        high: (step + 1) / steps,
      }));
      const total = points.reduce((sum, point) => sum + Math.exp(mixture.logDensity([point])), 0);
      expect(Math.abs(total - 1)).toBeLessThan(1e-8);
    }
  });

  test.each(mixtures)('%s has masses that sum to 1 over all choices', (_title, column) => {
    const mixture = parzenEstimator(sampleAt([{ kind: 'choices', count: 3 }], [column]), equalWeights(ranked(column.length)), rule);
    const masses = [1 / 6, 1 / 2, 5 / 6].map((coordinate) => Math.exp(mixture.logDensity([{ coordinate, low: 0, high: 1 }])));
    expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    ['numbers', numeric],
    ['choices', { kind: 'choices', count: 5 }],
  ] as const)('draws %s as its density says (false-alarm rate 1e-6)', (_title, axis) => {
    const mixture = parzenEstimator(sampleAt([axis], [observed]), equalWeights(ranked(observed.length)), rule);
    const shares = Array.from({ length: 5 }, (_, index) => ({ coordinate: (index + 0.5) / 5, low: index / 5, high: (index + 1) / 5 }));
    const draws = 20_000;
    const stream = randomStream(1, 'draws');
    const counts = new Array<number>(5).fill(0);
    for (let draw = 0; draw < draws; draw += 1) {
      const cell = Math.floor((mixture.draw(stream)[0] ?? 0) * 5);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    const expected = shares.map((share) => draws * Math.exp(mixture.logDensity([share])));
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(4));
  });
});
