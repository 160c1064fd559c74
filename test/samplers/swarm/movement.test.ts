import { describe, expect, test } from 'vitest';
import { coefficientsOf } from '../../../src/samplers/swarm/coefficients.ts';
import { movedChoice, movedNumber } from '../../../src/samplers/swarm/movement.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { binomialDistance, chiSquare, chiSquareLimit, oneInAMillionEitherWay } from '../../shared/statistics.ts';

const coefficients = { inertia: 0.5, own: 1, informants: 2 };
const middle = { own: 0.5, informants: 0.5 };

describe('the constriction factor', () => {
  test('is 0.7298 for φ = 4.1, which makes both factors 1.49618, as published', () => {
    const { inertia, own, informants } = coefficientsOf({ kind: 'constriction', own: 2.05, informants: 2.05 });
    expect(inertia).toBeCloseTo(0.7298, 4);
    expect([own, informants]).toEqual([inertia * 2.05, inertia * 2.05]);
    expect(own).toBeCloseTo(1.49618, 5);
  });

  test('is 1 where φ is 4, from where on swarms settle', () => {
    expect(coefficientsOf({ kind: 'constriction', own: 1, informants: 3 }).inertia).toBe(1);
  });
});

describe('a move along a number', () => {
  const rule = { coefficients, maxVelocity: 0.2 };

  test('adds the kept velocity and both pulls', () => {
    const moved = movedNumber({ position: 0.5, velocity: 0.1 }, { own: 0.6, informants: 0.45 }, rule, { own: 0.5, informants: 0.25 });
    expect(moved).toEqual({ position: 0.575, velocity: 0.075 });
  });

  test.each([
    ['its own best', { own: null, informants: 0.6 }, 0.1],
    ['the informants’ best', { own: 0.6, informants: null }, 0.05],
    ['either', { own: null, informants: null }, 0],
  ])('is not pulled to %s where there is none', (_title, attractors, velocity) => {
    expect(movedNumber({ position: 0.5, velocity: 0 }, attractors, rule, middle).velocity).toBeCloseTo(velocity, 12);
  });

  test.each([
    [1, 0.2],
    [0, -0.2],
  ])('toward %d is no longer than the largest velocity', (attractor, velocity) => {
    const moved = movedNumber({ position: 0.5, velocity: 0 }, { own: attractor, informants: attractor }, rule, {
      own: 0.9,
      informants: 0.9,
    });
    expect(moved).toEqual({ position: 0.5 + velocity, velocity });
  });

  test.each([
    [0.04, -0.2, 0.02],
    [0.96, 0.2, 0.98],
  ])('from %d that leaves the range ends halfway to the bound, and the particle rests', (position, velocity, expected) => {
    expect(movedNumber({ position, velocity }, { own: null, informants: null }, rule, middle)).toEqual({ position: expected, velocity: 0 });
  });

  test('may end at a bound', () => {
    const still = { own: null, informants: null };
    expect(movedNumber({ position: 0.1, velocity: -0.2 }, still, rule, middle)).toEqual({ position: 0, velocity: -0.1 });
    expect(movedNumber({ position: 0.9, velocity: 0.2 }, still, rule, middle)).toEqual({ position: 1, velocity: 0.1 });
  });

  test('has 12 decimal places and no negative zero: a velocity that dies away becomes 0', () => {
    const moved = movedNumber({ position: 0.3, velocity: -1e-13 }, { own: null, informants: null }, rule, middle);
    expect(Object.is(moved.velocity, 0)).toBe(true);
    expect(moved.position).toBe(0.3);
  });
});

describe('a move along choices (false-alarm rate 1e-6 each)', () => {
  const draws = 40_000;
  const countBy = (attractors: Parameters<typeof movedChoice>[1], mutation: number): number[] => {
    const counts = new Array<number>(5).fill(0);
    for (let draw = 0; draw < draws; draw += 1) {
      const stream = randomStream(1, 'choice', draw);
      const random = { source: stream.uniform(), mutation: stream.uniform(), choice: stream.uniform() };
      const choice = movedChoice(0, attractors, { coefficients, mutation, choices: 5 }, random);
      counts[choice] = (counts[choice] ?? 0) + 1;
    }
    return counts;
  };
  const expected = (shares: readonly number[]) => shares.map((share) => share * draws);

  test('takes the current choice, the own best one or the informants’ with P ∝ the factors', () => {
    const counts = countBy({ own: 1, informants: 2 }, 0);
    expect(chiSquare(counts, expected([0.5 / 3.5, 1 / 3.5, 2 / 3.5, 0, 0]))).toBeLessThan(chiSquareLimit(2));
  });

  test('leaves out a best position that there is not', () => {
    const own = countBy({ own: 1, informants: null }, 0);
    expect(own.slice(2)).toEqual([0, 0, 0]);
    expect(binomialDistance(own[1] ?? 0, draws, 1 / 1.5)).toBeLessThan(oneInAMillionEitherWay);
    const informants = countBy({ own: null, informants: 2 }, 0);
    expect([informants[1], informants[3], informants[4]]).toEqual([0, 0, 0]);
    expect(binomialDistance(informants[2] ?? 0, draws, 2 / 2.5)).toBeLessThan(oneInAMillionEitherWay);
  });

  test('takes a uniformly random choice with the probability of a mutation', () => {
    const counts = countBy({ own: 1, informants: 1 }, 0.3);
    const base = [0.5 / 3.5, 3 / 3.5, 0, 0, 0];
    expect(chiSquare(counts, expected(base.map((share) => 0.7 * share + 0.3 / 5)))).toBeLessThan(chiSquareLimit(4));
  });
});
