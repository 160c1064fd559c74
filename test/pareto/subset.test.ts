import { describe, expect, it } from 'vitest';
import { evenDirections, reach } from '../../src/pareto/directions.ts';
import { hypervolume } from '../../src/pareto/hypervolume.ts';
import { byAddedVolume } from '../../src/pareto/subset.ts';
import { randomStream } from '../../src/shared/random.ts';

/** Points on a sphere around the origin, none of which dominates another; one less than the radius in no metric. */
function frontOf(metrics: number, count: number, seed: number): number[][] {
  const stream = randomStream(seed, 'front');
  return Array.from({ length: count }, () => {
    const point = Array.from({ length: metrics }, () => Math.abs(stream.normal()));
    return point.map((value) => value / Math.hypot(...point));
  });
}

/** The greedy choice by exact volumes. */
function exactly(points: readonly number[][], count: number, reference: readonly number[]): number[][] {
  const taken: number[][] = [];
  while (taken.length < count) {
    const volumes = points.map((point) => hypervolume([...taken, point], reference));
    taken.push(points[volumes.indexOf(Math.max(...volumes))] ?? []);
  }
  return taken;
}

describe.each([2, 3, 4])('with %i metrics', (metrics) => {
  it('directions have length 1, no component below 0, and measure the hypervolume', () => {
    const directions = evenDirections(metrics, 2000);
    for (const direction of directions) {
      expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
      expect(Math.min(...direction)).toBeGreaterThan(0);
    }
    const points = frontOf(metrics, 12, metrics);
    const mean = directions.reduce((sum, each) => sum + Math.max(...points.map((point) => reach(point, each))) ** metrics, 0) / 2000;
    // The surface of the part of the unit sphere in which all coordinates are above 0, divided by the number of metrics.
    const factor = { 2: Math.PI / 4, 3: Math.PI / 6, 4: Math.PI ** 2 / 32 }[metrics] ?? Number.NaN;
    expect((mean * factor) / hypervolume(points, Array(metrics).fill(0))).toBeCloseTo(1, 1);
  });

  it('the points that are taken have nearly the volume of those that exact volumes choose', () => {
    for (const seed of [1, 2, 3]) {
      const points = frontOf(metrics, 40, seed);
      const reference = Array(metrics).fill(-0.1);
      const taken = byAddedVolume(points, 8).map((index) => points[index] ?? []);
      expect(taken).toHaveLength(8);
      expect(hypervolume(taken, reference)).toBeGreaterThan(0.95 * hypervolume(exactly(points, 8, reference), reference));
    }
  });

  it('the order does not depend on how many are taken, and names each point once', () => {
    const points = frontOf(metrics, 30, 4);
    const all = byAddedVolume(points, 100);
    expect([...all].sort((one, other) => one - other)).toEqual(points.map((_, index) => index));
    expect(byAddedVolume(points, 11)).toEqual(all.slice(0, 11));
  });
});

it('of equal points the first is taken first, and the others last', () => {
  const points = [
    [1, 0],
    [0.7, 0.7],
    [0.7, 0.7],
    [0, 1],
  ];
  expect(byAddedVolume(points, 4)).toEqual([1, 0, 3, 2]);
});

it('metrics are compared by their ranges, which may be as wide as numbers go, or nothing', () => {
  const wide = [
    [-1.5e308, 0, 5],
    [0.4e308, 0.7, 5],
    [1.5e308, -1, 5],
  ];
  expect(byAddedVolume(wide, 3)).toEqual(
    byAddedVolume(
      wide.map(([first = 0, second = 0, third = 0]) => [first / 1e308, second, third]),
      3,
    ),
  );
  expect(byAddedVolume([], 3)).toEqual([]);
});
