import { describe, expect, test } from 'vitest';
import { crossover, flip, mutatedBits, randomGenome } from '../../../src/samplers/genetic/variation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { binomialDistance, chiSquare, chiSquareLimit, oneInAMillionEitherWay } from '../../shared/statistics.ts';

const draws = 30_000;
const paperLayout = [
  { name: 'learningRate', bits: 10 },
  { name: 'hiddenUnits', bits: 9 },
  { name: 'epochs', bits: 4 },
  { name: 'maxLength', bits: 9 },
];

function countBy<T>(make: (draw: number) => T): Map<T, number> {
  const counts = new Map<T, number>();
  for (let draw = 0; draw < draws; draw += 1) {
    const outcome = make(draw);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

describe('crossover', () => {
  test('has the six outcomes of the paper, equally likely (false-alarm rate 1e-6)', () => {
    const [a, b] = ['0'.repeat(32), '1'.repeat(32)] as const;
    const outcomes = [10, 19, 23].flatMap((cut) => [a.slice(0, cut) + b.slice(cut), b.slice(0, cut) + a.slice(cut)]);
    const counts = countBy((draw) => crossover(paperLayout, [a, b], randomStream(1, 'crossover', draw)).genome);
    expect([...counts.keys()].sort()).toEqual([...outcomes].sort());
    expect(chiSquare([...counts.values()], new Array(6).fill(draws / 6))).toBeLessThan(chiSquareLimit(5));
  });

  test('says which parent came first and how many of its genes were taken', () => {
    for (let draw = 0; draw < 100; draw += 1) {
      const { genome, cut, mirrored } = crossover(paperLayout, ['0'.repeat(32), '1'.repeat(32)], randomStream(2, 'crossover', draw));
      const bits = paperLayout.slice(0, cut ?? 0).reduce((sum, gene) => sum + gene.bits, 0);
      const [head, tail] = mirrored ? ['1', '0'] : ['0', '1'];
      expect(genome).toBe(head.repeat(bits) + tail.repeat(32 - bits));
    }
  });

  test('of a single gene takes it whole from either parent with equal chance (false-alarm rate 1e-6)', () => {
    const counts = countBy((draw) => {
      const { genome, cut } = crossover([{ name: 'n', bits: 3 }], ['000', '111'], randomStream(3, 'crossover', draw));
      expect(cut).toBeNull();
      return genome;
    });
    expect([...counts.keys()].sort()).toEqual(['000', '111']);
    expect(binomialDistance(counts.get('000') ?? 0, draws, 0.5)).toBeLessThan(oneInAMillionEitherWay);
  });
});

describe('mutation', () => {
  test('of kind one-bit strikes with its probability and flips one uniformly chosen bit (false-alarm rate 1e-6 each)', () => {
    const mutation = { probability: 0.3, kind: 'one-bit', bitProbability: 0.03 } as const;
    const counts = countBy((draw) => mutatedBits(32, mutation, randomStream(4, 'mutation', draw)).join());
    const mutated = draws - (counts.get('') ?? 0);
    expect(binomialDistance(mutated, draws, 0.3)).toBeLessThan(oneInAMillionEitherWay);
    const bits = Array.from({ length: 32 }, (_, bit) => counts.get(String(bit)) ?? 0);
    expect(bits.reduce((sum, count) => sum + count, 0)).toBe(mutated);
    expect(chiSquare(bits, new Array(32).fill(mutated / 32))).toBeLessThan(chiSquareLimit(31));
  });

  test('of kind each-bit flips every bit with its own chance, independently (false-alarm rate 1e-6 each)', () => {
    const mutation = { probability: 0.5, kind: 'each-bit', bitProbability: 0.25 } as const;
    const counts = countBy((draw) => mutatedBits(3, mutation, randomStream(5, 'mutation', draw)).join());
    const subsets = ['', '0', '1', '2', '0,1', '0,2', '1,2', '0,1,2'];
    const chance = (flipped: number) => 0.5 * 0.25 ** flipped * 0.75 ** (3 - flipped);
    const expected = subsets.map((subset) => draws * (subset === '' ? 0.5 + chance(0) : chance(subset.split(',').length)));
    expect(
      chiSquare(
        subsets.map((subset) => counts.get(subset) ?? 0),
        expected,
      ),
    ).toBeLessThan(chiSquareLimit(7));
  });

  test.each([
    [0, 0],
    [1, draws],
  ])('with probability %d strikes %i times of 30,000', (probability, times) => {
    const counts = countBy(
      (draw) => mutatedBits(8, { probability, kind: 'one-bit', bitProbability: 0 }, randomStream(6, 'mutation', draw)).length,
    );
    expect(counts.get(1) ?? 0).toBe(times);
  });

  test('flips exactly the bits it names', () => {
    expect(flip('0011', [0, 3])).toBe('1010');
    expect(flip('0011', [])).toBe('0011');
  });
});

describe('a founder', () => {
  test('has uniformly random bits (false-alarm rate 1e-6)', () => {
    const counts = countBy((draw) => randomGenome(4, randomStream(7, 'founder', draw)));
    expect(counts.size).toBe(16);
    expect(chiSquare([...counts.values()], new Array(16).fill(draws / 16))).toBeLessThan(chiSquareLimit(15));
  });
});
