import { describe, expect, test } from 'vitest';
import { configurationAt, geometryOf, keyOf, pointOf, settlerOf } from '../../../src/samplers/gp/dimensions.ts';
import { unwarp, warp, warpSlope } from '../../../src/samplers/gp/warp.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';

const constants = [-4, -0.7, -1e-6, 0, 1e-6, 2e-5, 0.3, 4, 6.9];

test.each(constants)('the warp with constant %f has the inverse, the slope and the ends that it should', (constant) => {
  expect(warp(0, constant)).toBe(0);
  expect(warp(1, constant)).toBe(1);
  for (const t of [0.01, 0.2, 0.5, 0.9]) {
    expect(unwarp(warp(t, constant), constant)).toBeCloseTo(t, 9);
    const step = 1e-5;
    const difference = (warp(t, constant + step) - warp(t, constant - step)) / (2 * step);
    expect(warpSlope(t, constant)).toBeCloseTo(difference, 5);
  }
});

test('on the axis of a wide linear range, the warp by its logarithm is the declared scale', () => {
  const [dimension] = geometryOf(searchSpaceSchema.parse([{ type: 'float', name: 'rate', low: 0.0005, high: 0.5 }])).dimensions;
  if (dimension?.kind !== 'numeric') throw new Error('a float is numeric');
  expect(dimension.logRange).toBeCloseTo(Math.log(1000), 12);
  const geometry = geometryOf(searchSpaceSchema.parse([{ type: 'float', name: 'rate', low: 0.0005, high: 0.5 }]));
  for (const rate of [0.001, 0.02, 0.3])
    expect(warp(pointOf(geometry, { rate })[0] ?? 0, dimension.logRange)).toBeCloseTo((rate - 0.0005) / 0.4995, 9);
});

test('a range that is narrow, has zero in it, or is logarithmic keeps its scale', () => {
  const space = searchSpaceSchema.parse([
    { type: 'float', name: 'narrow', low: 1, high: 20 },
    { type: 'float', name: 'zero', low: 0, high: 1e6 },
    { type: 'float', name: 'log', low: 1e-5, high: 1, scale: 'log' },
    { type: 'int', name: 'wide', low: 1, high: 15 },
  ]);
  const ranges = geometryOf(space).dimensions.map((dimension) => dimension.kind === 'numeric' && dimension.logRange);
  expect(ranges).toEqual([0, 0, 0, Math.log(15.5 / 0.5)]);
});

describe.each(sampleSpaceNames)('points in %s', (name) => {
  const geometry = geometryOf(sampleSpace(name));
  const settle = settlerOf(geometry);
  const stream = randomStream(1, 'places');
  const places = Array.from({ length: 50 }, () =>
    Float64Array.from(geometry.dimensions, (dimension) =>
      dimension.kind === 'categorical' ? stream.integer(dimension.choices) : stream.uniform(),
    ),
  );

  test('are the points of the configurations that they decode to', () => {
    for (const place of places) {
      const point = settle(place);
      const again = pointOf(geometry, configurationAt(geometry, point));
      expect(keyOf(again)).toBe(keyOf(point));
      for (const [index, coordinate] of point.entries()) {
        if (Number.isNaN(coordinate)) expect(again[index]).toBeNaN();
        else expect(again[index]).toBeCloseTo(coordinate, 9);
      }
    }
  });
});
