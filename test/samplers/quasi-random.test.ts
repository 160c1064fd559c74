import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { directionsOf, lazyDesign, mostDimensions, pointOf, scrambled, scrambledSobol } from '../../src/samplers/quasi-random/sobol.ts';
import { randomStream } from '../../src/shared/random.ts';
import { mostParameters } from '../../src/space/schema.ts';

const words = z.array(z.number());
const vectors = z
  .object({
    first: z.array(words),
    number: z.number(),
    point: words,
    scrambled: z.array(z.object({ dimension: z.number(), rows: words, shift: z.number(), points: words })),
  })
  .parse(JSON.parse(readFileSync(new URL('../vectors/sobol.json', import.meta.url), 'utf8')));

/** Cells of equal width that hold a point, and how many points each holds. */
function cellsOf(points: readonly number[], cells: number): number[] {
  const held = Array.from({ length: cells }, () => 0);
  for (const point of points) {
    const cell = Math.floor(point * cells);
    held[cell] = (held[cell] ?? 0) + 1;
  }
  return held;
}

describe('the plain sequence is that of SciPy', () => {
  test('in its first points', () => {
    const points = vectors.first.map((_, number) =>
      Array.from({ length: vectors.first[0]?.length ?? 0 }, (_, dimension) => pointOf(directionsOf(dimension), 0, number)),
    );
    expect(points).toEqual(vectors.first);
  });

  test('in all dimensions that a space may have', () => {
    expect(mostDimensions).toBeGreaterThanOrEqual(mostParameters);
    expect(vectors.point.length).toBe(mostParameters);
    expect(vectors.point.map((_, dimension) => pointOf(directionsOf(dimension), 0, vectors.number))).toEqual(vectors.point);
  });
});

test.each(vectors.scrambled)('dimension $dimension, scrambled by a given matrix and shift, is that of SciPy', (known) => {
  const columns = scrambled(directionsOf(known.dimension), known.rows);
  expect(known.points.map((_, number) => pointOf(columns, known.shift, number))).toEqual(known.points);
});

describe.each([0, 1, 7, 63])('dimension %i', (dimension) => {
  const coordinate = scrambledSobol(dimension, randomStream(7, 'quasi-random-digits', dimension));

  test.each([16, 256])('puts one of each %i points into each of as many cells', (count) => {
    for (const first of [0, 5 * count]) {
      const points = Array.from({ length: count }, (_, number) => coordinate(first + number));
      expect(cellsOf(points, count)).toEqual(Array.from({ length: count }, () => 1));
    }
  });

  test('stays within [0, 1) to the last trial that a study may have', () => {
    for (const number of [0, 1, 999_999, 1_000_000]) {
      expect(coordinate(number)).toBeGreaterThanOrEqual(0);
      expect(coordinate(number)).toBeLessThan(1);
    }
  });

  test('gives another sequence for another seed', () => {
    const other = scrambledSobol(dimension, randomStream(8, 'quasi-random-digits', dimension));
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    expect(numbers.map(other)).not.toEqual(numbers.map(coordinate));
  });
});

test('two dimensions together put one of the first 256 points into each of 16 by 16 boxes', () => {
  const [one, other] = [0, 1].map((dimension) => scrambledSobol(dimension, randomStream(3, 'quasi-random-digits', dimension)));
  const boxes = Array.from({ length: 256 }, (_, number) => [one, other].map((axis) => Math.floor(16 * (axis?.(number) ?? 0))).join(' '));
  expect(new Set(boxes).size).toBe(256);
});

test('a lazy design scrambles its dimensions once, when its first point is asked for', () => {
  const asked: number[] = [];
  const streamOf = (dimension: number) => randomStream(3, 'quasi-random-digits', dimension);
  const design = lazyDesign(2, (dimension) => {
    asked.push(dimension);
    return streamOf(dimension);
  });
  expect(asked).toEqual([]);
  const [one, other] = [scrambledSobol(0, streamOf(0)), scrambledSobol(1, streamOf(1))];
  expect([design(5), design(6)]).toEqual([5, 6].map((number) => [one(number), other(number)]));
  expect(asked).toEqual([0, 1]);
});
