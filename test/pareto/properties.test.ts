import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoxTree } from '../../src/pareto/box-tree.ts';
import { peelConstrained, sortConstrained } from '../../src/pareto/constrained-fronts.ts';
import { crowdingDistances } from '../../src/pareto/crowding.ts';
import { type Candidate, constrainedDominates, dominates, type Point } from '../../src/pareto/dominance.ts';
import { type Front, peelFronts, sortFronts } from '../../src/pareto/fronts.ts';
import { hypervolume } from '../../src/pareto/hypervolume.ts';
import { bestRanked } from '../../src/pareto/order.ts';
import { randomStream } from '../../src/shared/random.ts';

/** Every case is drawn from one seed: what fails fails again. */
const drawn = { seed: 20_261_127, numRuns: 300 };

/** Values with many ties, infinities and both zeros among them. */
const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true }), fc.constantFrom(-0, 0, Infinity, -Infinity));
const pointsOf = (metrics: number, of: fc.Arbitrary<number> = value) =>
  fc.array(fc.array(of, { minLength: metrics, maxLength: metrics }), { maxLength: 40 });

/** Fronts by their definition: again and again those of the rest that none of the rest dominates. */
function frontsByDefinition<Item>(items: readonly Item[], isBetter: (one: Item, other: Item) => boolean): Front[] {
  const fronts: Front[] = [];
  let left = [...items.entries()];
  while (left.length > 0) {
    const front = left.filter(([, item]) => !left.some(([, other]) => isBetter(other, item)));
    fronts.push(front.map(([index]) => index));
    left = left.filter((entry) => !front.includes(entry));
  }
  return fronts;
}

/** The first fronts that have so many members together. */
function firstOf(fronts: readonly Front[], atLeast: number): Front[] {
  const needed = fronts.findIndex((_, place) => fronts.slice(0, place + 1).flat().length >= atLeast);
  if (atLeast <= 0) return [];
  return fronts.slice(0, needed === -1 ? fronts.length : needed + 1);
}

describe.each([1, 2, 3, 4, 5])('points of %i metrics', (metrics) => {
  test('are sorted into the fronts of the definition', () => {
    fc.assert(
      fc.property(pointsOf(metrics), (points) => {
        expect(sortFronts(points)).toEqual(frontsByDefinition(points, dominates));
      }),
      drawn,
    );
  });

  test('are peeled into the first of these fronts, and no more than are needed', () => {
    fc.assert(
      fc.property(pointsOf(metrics), fc.integer({ min: 0, max: 45 }), (points, atLeast) => {
        expect(peelFronts(points, atLeast)).toEqual(firstOf(frontsByDefinition(points, dominates), atLeast));
      }),
      drawn,
    );
  });

  test('dominate a hypervolume that is the number of the cells that they reach', () => {
    const cell = fc.integer({ min: -1, max: 3 });
    fc.assert(
      fc.property(pointsOf(metrics, cell), (points) => {
        const isReached = (corner: Point) => points.some((point) => point.every((each, metric) => each >= (corner[metric] ?? 0)));
        expect(hypervolume(points, Array(metrics).fill(0))).toBe(cellsOf(metrics, 3).filter(isReached).length);
      }),
      drawn,
    );
  });
});

describe('many points of four metrics', () => {
  const stream = randomStream(1, 'points');
  const many = (draw: (number: number) => Point): Point[] => Array.from({ length: 700 }, (_, number) => draw(number));
  const normals = () => Array.from({ length: 4 }, () => Math.abs(stream.normal()));
  const unitVector = (values: Point): Point => values.map((value) => value / Math.hypot(...values));

  test.each([
    ['on one front', many(() => unitVector(normals()))],
    ['on a line, in the order of a metric', many((number) => [1, number, -number, 0])],
    ['in a cube', many(() => Array.from({ length: 4 }, () => stream.uniform()))],
    ['on a lattice', many(() => Array.from({ length: 4 }, () => stream.integer(6)))],
    ['with infinite values', many(() => Array.from({ length: 4 }, () => [-Infinity, 0, 1, 2, Infinity][stream.integer(5)] ?? 0))],
  ])('%s are sorted into the fronts of the definition', (_title, points) => {
    const expected = frontsByDefinition(points, dominates);
    expect(sortFronts(points)).toEqual(expected);
    expect(peelFronts(points, 1)).toEqual(expected.slice(0, 1));
  });
});

describe('a tree of boxes', () => {
  test('cuts a leaf by the points that are left in it, not by those that were removed', () => {
    const tree = new BoxTree();
    const row = (count: number, pointAt: (place: number) => Point) => Array.from({ length: count }, (_, place) => pointAt(place + 1));
    const level = row(25, (place) => [0, place, 50 - place]);
    const removed = row(13, (place) => [-1, 10_000 + place, -place]);
    for (const point of [[1000, 0, -100], ...level.slice(0, 11), ...removed, [1000, 20_000, -50], ...level.slice(11)]) {
      expect(tree.covers(point)).toBe(false);
      tree.add(point);
    }
    expect(tree.covers([500, 5, 10])).toBe(false);
    expect(tree.covers([0, 5, 45])).toBe(true);
  });

  test('covers what some point of a search reaches, where one metric has two values far apart', () => {
    const near = fc.tuple(fc.constantFrom(0, 1000), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 8 }));
    const points = fc.array(
      near.map(([far, place, gain]) => [far, place, 400 - place + gain]),
      { minLength: 300, maxLength: 500 },
    );
    fc.assert(
      fc.property(points, (arrivals) => {
        const tree = new BoxTree();
        for (const [number, point] of arrivals.entries()) {
          const isCovered = arrivals.slice(0, number).some((each) => each.every((value, metric) => value >= (point[metric] ?? 0)));
          expect(tree.covers(point)).toBe(isCovered);
          if (!isCovered) tree.add(point);
        }
      }),
      { ...drawn, numRuns: 60 },
    );
  });

  test.each([2, 3, 5])('gives the fronts of the definition, with a metric of two values among %i others', (others) => {
    const rest = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: others, maxLength: others });
    const points = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom(0, 1000), rest).map(([first, second, third]) => [first, second, ...third]),
      { minLength: 150, maxLength: 300 },
    );
    fc.assert(
      fc.property(points, (all) => {
        expect(peelFronts(all, 1)).toEqual([all.flatMap((point, index) => (all.some((other) => dominates(other, point)) ? [] : [index]))]);
      }),
      { ...drawn, numRuns: 20 },
    );
  });
});

/** The upper corners of all cells of a cube with sides of a whole length. */
function cellsOf(metrics: number, side: number): Point[] {
  return Array.from({ length: side ** metrics }, (_, index) =>
    Array.from({ length: metrics }, (_, metric) => (Math.floor(index / side ** metric) % side) + 1),
  );
}

const candidate: fc.Arbitrary<Candidate> = fc.record(
  { values: fc.option(fc.tuple(value, value)), violation: fc.constantFrom(0, 0, 0.5, 1, 2, Infinity) },
  { requiredKeys: ['values'] },
);

test('candidates are sorted into the fronts of constrained domination, the failed ones last', () => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 40 }), fc.integer({ min: 0, max: 45 }), (candidates, atLeast) => {
      const expected = frontsByDefinition(candidates, constrainedDominates);
      expect(sortConstrained(candidates)).toEqual(expected);
      expect(peelConstrained(candidates, atLeast)).toEqual(firstOf(expected, atLeast));
    }),
    drawn,
  );
});

test('the best candidates are the first ones of the order of all', () => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 40 }), fc.integer({ min: 0, max: 45 }), (candidates, count) => {
      const all = bestRanked(candidates, candidates.length);
      expect(all.map(({ index }) => index).toSorted((one, other) => one - other)).toEqual([...candidates.keys()]);
      expect(bestRanked(candidates, count)).toEqual(all.slice(0, count));
    }),
    drawn,
  );
});

describe('crowding distances', () => {
  test('are neither negative nor NaN, and the end of each metric that varies is infinitely far', () => {
    fc.assert(
      fc.property(pointsOf(3), (points) => {
        const distances = crowdingDistances(points);
        expect(distances).toHaveLength(points.length);
        expect(distances.every((distance) => distance >= 0)).toBe(true);
        for (const metric of [0, 1, 2]) {
          const values = points.map((point) => point[metric] ?? 0);
          if (values.every((each) => each === values[0])) continue;
          const most = Math.max(...values);
          expect(distances[values.indexOf(most)]).toBe(Infinity);
        }
      }),
      drawn,
    );
  });

  test('are the distance between the neighbours in each metric, by its range', () => {
    const front = [
      [0, 10],
      [1, 8],
      [4, 6],
      [10, 0],
    ];
    expect(crowdingDistances(front)).toEqual([Infinity, 0.4 + 0.4, 0.9 + 0.8, Infinity]);
  });

  test('are 0 for points that equal an earlier one, which leave the others as they were', () => {
    const front = [
      [0, 4],
      [1, 3],
      [2, 2],
      [4, 0],
    ];
    const alone = crowdingDistances(front);
    expect(crowdingDistances([...front, ...front])).toEqual([...alone, 0, 0, 0, 0]);
    expect(crowdingDistances([front[0] ?? [], front[0] ?? []])).toEqual([Infinity, 0]);
  });

  test('survive a range that no double holds', () => {
    const distances = crowdingDistances([
      [1.7e308, -1.7e308],
      [0, 0],
      [-1.7e308, 1.7e308],
    ]);
    expect(distances).toEqual([Infinity, 2, Infinity]);
  });
});

test('candidates are ordered by front, the least crowded of a front first, then by place', () => {
  const candidates = [
    { values: null },
    { values: [9, 9], violation: 2 },
    { values: [0, 4] },
    { values: [3.9, 0.1] },
    { values: [2, 3] },
    { values: [4, 0] },
    { values: [1, 1] },
    { values: [9, 9], violation: 1 },
    { values: [4, 0] },
  ];
  expect(bestRanked(candidates, 9).map(({ index, front }) => [index, front])).toEqual([
    [2, 0],
    [5, 0],
    [4, 0],
    [3, 0],
    [8, 0],
    [6, 1],
    [7, 2],
    [1, 3],
    [0, 4],
  ]);
});

test('points that are not better than the reference in every metric add no volume', () => {
  expect(hypervolume([[2, 2]], [0, 0])).toBe(4);
  expect(
    hypervolume(
      [
        [2, 2],
        [5, 0],
        [-1, 9],
      ],
      [0, 0],
    ),
  ).toBe(4);
  expect(hypervolume([], [0, 0, 0])).toBe(0);
});
