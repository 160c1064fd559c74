import { describe, expect, test } from 'vitest';
import { expressed, realGenome } from '../../../src/samplers/variation/genome.ts';
import { crossoverOptionsSchema, mutationOptionsSchema } from '../../../src/samplers/variation/options.ts';
import { childGenome } from '../../../src/samplers/variation/recombine.ts';
import { tournamentParents, tournamentWinner } from '../../../src/samplers/variation/tournament.ts';
import { binaryCrossover, polynomialMutation } from '../../../src/samplers/variation/unit-operators.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { chiSquare, chiSquareLimit } from '../../shared/statistics.ts';
import { sampleSpace } from '../../support/search-spaces.ts';
import { variationVectors } from '../variation-vectors.ts';

const draws = 20_000;
const variation = (crossover: object, mutation: object) => ({
  crossover: crossoverOptionsSchema.parse(crossover),
  mutation: mutationOptionsSchema.parse(mutation),
});

describe('simulated binary crossover', () => {
  test.each(variationVectors.crossovers)('of $low and $high with η $index is that of pymoo', ({ low, high, index, draw, below, above }) => {
    expect(binaryCrossover(low, high, index, draw)).toBeCloseTo(below, 12);
    expect(binaryCrossover(high, low, index, draw)).toBeCloseTo(above, 12);
  });

  test('of equal parents is the parent, and never leaves the unit interval', () => {
    expect(binaryCrossover(0.3, 0.3, 15, 0.9)).toBe(0.3);
    const stream = randomStream(1, 'crossover');
    for (let draw = 0; draw < draws; draw += 1) {
      const child = binaryCrossover(stream.integer(5) / 4, stream.uniform(), stream.integer(3), stream.uniform());
      expect(child >= 0 && child <= 1).toBe(true);
    }
  });
});

describe('polynomial mutation', () => {
  test.each(variationVectors.mutations)('of $coordinate with η $index is that of pymoo', ({ coordinate, index, draw, child }) => {
    expect(polynomialMutation(coordinate, index, draw)).toBeCloseTo(child, 12);
  });

  test('never leaves the unit interval, not even at its ends', () => {
    const stream = randomStream(1, 'mutation');
    for (let draw = 0; draw < draws; draw += 1) {
      const child = polynomialMutation(stream.integer(5) / 4, stream.integer(30), stream.uniform());
      expect(child >= 0 && child <= 1).toBe(true);
    }
  });
});

describe('a mutated child', () => {
  const space = searchSpaceSchema.parse([
    { type: 'int', name: 'layers', low: 1, high: 3 },
    { type: 'int', name: 'units', low: 1, high: 64, scale: 'log' },
    { type: 'float', name: 'rate', low: 0.1, high: 0.5, step: 0.1 },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'rmsprop', 'lion'] },
  ]);
  const parent = { parameters: { layers: 3, units: 1, rate: 0.1, optimizer: 'sgd' }, latent: {} };
  const genome = realGenome(space, parent);
  const children = Array.from({ length: draws }, (_, draw) => {
    const stream = randomStream(2, 'child', draw);
    return expressed(space, childGenome(space, [genome, genome], variation({}, {}), { mutation: 1, stream }), stream).parameters;
  });

  test('differs from its parent in every parameter, however few values a lattice has', () => {
    for (const child of children) {
      expect(child['layers']).not.toBe(3);
      expect(child['units']).not.toBe(1);
      expect(child['rate']).not.toBe(0.1);
      expect(child['optimizer']).not.toBe('sgd');
    }
  });

  test('has each of the other choices with the same chance (false-alarm rate 1e-6)', () => {
    const counts = ['adam', 'rmsprop', 'lion'].map((choice) => children.filter((child) => child['optimizer'] === choice).length);
    expect(chiSquare(counts, Array(3).fill(draws / 3))).toBeLessThan(chiSquareLimit(2));
  });
});

test('a child without crossover and mutation is its first parent', () => {
  const space = sampleSpace('steps, ints and choices');
  const [first, second] = [
    { rate: 0.002, units: 3, optimizer: true },
    { rate: 0.008, units: 9, optimizer: 'adam' },
  ].map((parameters) => realGenome(space, { parameters, latent: {} }));
  const stream = randomStream(1, 'child');
  const genome = childGenome(space, [first ?? [], second ?? []], variation({ probability: 0 }, {}), { mutation: 0, stream });
  expect(expressed(space, genome, stream).parameters).toEqual({ rate: 0.002, units: 3, optimizer: true });
});

describe('parameters that do not exist in a configuration', () => {
  const space = sampleSpace('conditions within conditions');

  test('keep their coordinates, and have them again in a descendant in which they exist', () => {
    const stream = randomStream(1, 'latent');
    const parent = expressed(space, [0.1, 0.9, 0.6, 0.3], stream);
    expect(parent).toEqual({ parameters: { optimizer: 'adam', units: 2 }, latent: { layers: 0.9, momentum: 0.6 } });
    const [, ...others] = realGenome(space, parent);
    expect(expressed(space, [0.9, ...others], stream).parameters).toEqual({ optimizer: 'sgd', layers: 3, momentum: 0.75, units: 2 });
  });

  test('are inherited from the parent that knows them, or drawn if none does', () => {
    const [unknown, known] = [
      [0.9, null, null, 0.3],
      [0.9, 0.9, 0.1, 0.3],
    ];
    const seen = new Set<unknown>();
    for (let draw = 0; draw < 40; draw += 1) {
      const stream = randomStream(3, 'child', draw);
      const child = (parents: readonly [(number | null)[], (number | null)[]]) =>
        expressed(space, childGenome(space, parents, variation({}, {}), { mutation: 0, stream }), stream).parameters;
      expect(child([unknown ?? [], known ?? []])).toMatchObject({ layers: 3, momentum: 0 });
      seen.add(child([unknown ?? [], unknown ?? []])['layers']);
    }
    expect(seen).toEqual(new Set([1, 2, 3]));
  });
});

describe('a tournament', () => {
  test('of two among four is won by places with the chances 3, 2, 1 and 0 of 6 (false-alarm rate 1e-6)', () => {
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      const winner = tournamentWinner(4, 2, randomStream(1, 'tournament', draw));
      counts[winner] = (counts[winner] ?? 0) + 1;
    }
    expect(counts[3]).toBe(0);
    expect(
      chiSquare(
        counts.slice(0, 3),
        [3, 2, 1].map((share) => (share * draws) / 6),
      ),
    ).toBeLessThan(chiSquareLimit(2));
  });

  test('chooses two different parents, unless there is one member only', () => {
    for (let draw = 0; draw < 200; draw += 1) {
      const [first, second] = tournamentParents(2, 2, randomStream(1, 'tournament', draw));
      expect(first).not.toBe(second);
    }
    expect(tournamentParents(1, 3, randomStream(1, 'tournament'))).toEqual([0, 0]);
  });
});
