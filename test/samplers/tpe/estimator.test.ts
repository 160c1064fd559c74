import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandwidths } from '../../../src/samplers/tpe/bandwidths.ts';
import { logNarrowMass, logRootTwoPi, narrowHalfWidth, normalMass } from '../../../src/samplers/tpe/normal.ts';
import { type Axis, parzenEstimator } from '../../../src/samplers/tpe/parzen-estimator.ts';
import { defaultSettings, hyperoptSettings } from '../../../src/samplers/tpe/settings.ts';
import { splitByRank } from '../../../src/samplers/tpe/split.ts';
import { equalWeights, linearForgetting, rankWeights } from '../../../src/samplers/tpe/weights.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { chiSquare, chiSquareLimit } from '../../shared/statistics.ts';

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

describe('splitting by rank', () => {
  test('takes the best, ties to the earlier, and keeps the order', () => {
    const lost = Number.NEGATIVE_INFINITY;
    const split = (count: number) => splitByRank(Float64Array.of(3, 1, lost, 3, 5, 3, lost), count);
    expect([...split(3).good]).toEqual([0, 3, 4]);
    expect([...split(3).bad]).toEqual([1, 2, 5, 6]);
    expect([...split(6).good]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...split(9).good]).toHaveLength(7);
    expect(splitByRank(new Float64Array(0), 1).good).toHaveLength(0);
  });
});

describe('weights', () => {
  test('by linear forgetting are 1 for the youngest 25 and fade from there to 1 / n', () => {
    const weights = linearForgetting(new Float64Array(28));
    expect([...weights.slice(0, 4)]).toEqual([1 / 28, 1 / 28 + (1 - 1 / 28) / 2, 1, 1]);
    expect([...linearForgetting(new Float64Array(26))].slice(0, 2)).toEqual([1 / 26, 1]);
    expect([...linearForgetting(new Float64Array(25))]).toEqual(Array(25).fill(1));
  });

  test('by rank fall with the rank, ties to the earlier, and are 1 on average', () => {
    const weights = rankWeights(Float64Array.of(1, 7, Number.NEGATIVE_INFINITY, 7));
    expect([...weights.keys()].toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0))).toEqual([1, 3, 0, 2]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(4, 12);
    expect(rankWeights(new Float64Array(0))).toHaveLength(0);
  });
});

describe.each([
  ['default', defaultSettings.estimator],
  ['hyperopt', hyperoptSettings.estimator],
] as const)('a Parzen estimator as in the preset %s', (_preset, rule) => {
  const numeric: Axis = { kind: 'steps' };
  const observed = Float64Array.of(0.02, 0.31, 0.33, 0.98);
  const mixtures = [
    ['of nothing', new Float64Array(0)],
    ['of a few observations', observed],
  ] as const;

  test.each(mixtures)('%s has masses that sum to 1 over all steps, few or many', (_title, column) => {
    const mixture = parzenEstimator([numeric], [column], equalWeights(column), rule);
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
    const mixture = parzenEstimator([{ kind: 'choices', count: 3 }], [column], equalWeights(column), rule);
    const masses = [1 / 6, 1 / 2, 5 / 6].map((coordinate) => Math.exp(mixture.logDensity([{ coordinate, low: 0, high: 1 }])));
    expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    ['numbers', numeric],
    ['choices', { kind: 'choices', count: 5 }],
  ] as const)('draws %s as its density says (false-alarm rate 1e-6)', (_title, axis) => {
    const mixture = parzenEstimator([axis], [observed], equalWeights(observed), rule);
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
