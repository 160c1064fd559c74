import { describe, expect, test } from 'vitest';
import { drawParents, fitnessOf, selectionWeights } from '../../../src/samplers/genetic/selection.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { chiSquare, chiSquareLimit } from '../../shared/statistics.ts';

const draws = 40_000;

/** How often each ordered pair was drawn, row by row, beside how often it should be. */
function pairsDrawn(weights: readonly number[], chances: readonly number[]): { observed: number[]; expected: number[]; alike: number } {
  const size = weights.length;
  const observed = new Array<number>(size * size).fill(0);
  for (let draw = 0; draw < draws; draw += 1) {
    const [first, second] = drawParents(weights, randomStream(1, 'parents', draw));
    observed[first * size + second] = (observed[first * size + second] ?? 0) + 1;
  }
  const expected = chances.flatMap((first, i) => chances.map((second, j) => (i === j ? 0 : (draws * first * second) / (1 - first))));
  const alike = chances.reduce((sum, _, index) => sum + (observed[index * size + index] ?? 0), 0);
  return { observed, expected, alike };
}

describe('fitness', () => {
  test.each([
    ['stands as it is for a maximised metric without negative values', 'maximize', [0.5, 0, 0.9], [0.5, 0, 0.9]],
    ['is shifted by the least where any value is negative', 'maximize', [-2, 1, 0], [0, 3, 2]],
    ['is larger for smaller values of a minimised metric', 'minimize', [1, 3, 0], [2, 0, 3]],
    ['of a trial without a value is 0', 'maximize', [null, 0.5], [0, 0.5]],
    ['of a trial without a value is 0 where others are shifted', 'minimize', [null, 2, 1], [0, 0, 1]],
    ['is 0 for all where all failed', 'maximize', [null, null], [0, 0]],
    ['is 0 for all where all minimised values are alike', 'minimize', [4, 4], [0, 0]],
  ] as const)('%s', (_title, direction, values, expected) => {
    expect(fitnessOf(direction, values)).toEqual(expected);
  });
});

describe('the draw of parents (false-alarm rate 1e-6 each)', () => {
  const fitness = [0.9, 0.8, 0.75, 0.6, 0.5, 0];

  test.each([0, 1, 2, 4])('has P ∝ fitness^%i for the first and, among the others, for the second', (exponent) => {
    const powers = fitness.map((value) => value ** exponent);
    const total = powers.reduce((sum, power) => sum + power, 0);
    const { observed, expected, alike } = pairsDrawn(
      selectionWeights(fitness, exponent),
      powers.map((power) => power / total),
    );
    const cells = expected.filter((mean) => mean > 0).length;
    expect(alike).toBe(0);
    expect(chiSquare(observed, expected)).toBeLessThan(chiSquareLimit(cells - 1));
  });

  test('is uniform over pairs of different members where every fitness is 0', () => {
    const { observed, expected } = pairsDrawn(selectionWeights([0, 0, 0, 0], 4), [0.25, 0.25, 0.25, 0.25]);
    expect(chiSquare(observed, expected)).toBeLessThan(chiSquareLimit(11));
  });

  test('takes the second uniformly from the others where only one member has fitness', () => {
    const { observed, alike } = pairsDrawn(selectionWeights([0, 0.7, 0, 0], 2), [0, 1, 0, 0]);
    const ofFittest = observed.slice(4, 8);
    expect(alike).toBe(0);
    expect(ofFittest.reduce((sum, count) => sum + count, 0)).toBe(draws);
    expect(chiSquare(ofFittest, [draws / 3, 0, draws / 3, draws / 3])).toBeLessThan(chiSquareLimit(2));
  });

  test('survives fitness that any power would push out of a double', () => {
    expect(selectionWeights([1e300, 5e299], 4)).toEqual([1, 0.0625]);
    expect(selectionWeights([1e-300, 5e-301], 4)).toEqual([1, 0.0625]);
  });
});
