import { hypervolume } from '../../src/pareto/hypervolume.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';

/**
 * A problem of several metrics, all to be minimised: ZDT (Zitzler, Deb and Thiele, "Comparison of Multiobjective Evolutionary Algorithms",
 * Evolutionary Computation 8(2), 2000) or DTLZ (Deb, Thiele, Laumanns and Zitzler, "Scalable Multi-Objective Optimization Test Problems", CEC 2002).
 */
export interface FrontProblem {
  readonly name: string;
  readonly space: SearchSpace;
  readonly metrics: number;
  values(parameters: Configuration): readonly number[];
  /** The hypervolume of losses against the worst values that the problem has, divided by that of its true front: 0 … 1. */
  volumeShare(losses: readonly (readonly number[])[]): number;
}

type Vector = readonly number[];

interface Draft {
  readonly name: string;
  /** Bounds of each variable. */
  readonly bounds: readonly (readonly [number, number])[];
  readonly values: (x: Vector) => Vector;
  /** Upper bounds of all values. */
  readonly worst: Vector;
  /** The hypervolume of the true front against `worst`. */
  readonly trueVolume: () => number;
}

/** Points of a true front of two metrics, and of each side of one of three, that stand for it where its volume has no formula. */
const [frontPoints, frontSide] = [20_000, 300];

export function frontProblems(): FrontProblem[] {
  return [...zdt(), ...dtlz(2), ...dtlz(3)].map(problemFrom);
}

function problemFrom({ name, bounds, values, worst, trueVolume }: Draft): FrontProblem {
  const names = bounds.map((_, index) => `x${index + 1}`);
  let whole: number | null = null;
  return {
    name,
    space: searchSpaceSchema.parse(bounds.map(([low, high], index) => ({ type: 'float', name: names[index], low, high }))),
    metrics: worst.length,
    values: (parameters) => values(names.map((each) => Number(parameters[each]))),
    volumeShare: (losses) => {
      whole ??= trueVolume();
      return volumeBelow(losses, worst) / whole;
    },
  };
}

function volumeBelow(losses: readonly Vector[], worst: Vector): number {
  return hypervolume(
    losses.map((point) => point.map((value) => -value)),
    worst.map((value) => -value),
  );
}

const unit = (count: number): (readonly [number, number])[] => Array.from({ length: count }, () => [0, 1] as const);
const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0);
const grid = (points: number): number[] => Array.from({ length: points }, (_, index) => index / (points - 1));

function zdt(): Draft[] {
  const linear = (x: Vector) => 1 + (9 * sum(x.slice(1))) / (x.length - 1);
  const root = (f: number, g: number) => 1 - Math.sqrt(f / g);
  const square = (f: number, g: number) => 1 - (f / g) ** 2;
  const waves = (f: number, g: number) => root(f, g) - (f / g) * Math.sin(10 * Math.PI * f);
  const rugged = (x: Vector) => 1 + 10 * (x.length - 1) + sum(x.slice(1).map((each) => each ** 2 - 10 * Math.cos(4 * Math.PI * each)));
  const biased = (x: Vector) => 1 + 9 * (sum(x.slice(1)) / (x.length - 1)) ** 0.25;
  const first = ([x = 0]: Vector) => x;
  const uneven = ([x = 0]: Vector) => 1 - Math.exp(-4 * x) * Math.sin(6 * Math.PI * x) ** 6;
  type Shape = (f: number, g: number) => number;
  const draft = (
    name: string,
    bounds: Draft['bounds'],
    f1: (x: Vector) => number,
    g: (x: Vector) => number,
    h: Shape,
    most: number,
  ): Draft => {
    const values = (x: Vector) => [f1(x), g(x) * h(f1(x), g(x))];
    const worst = [1, most];
    const front = () => grid(frontPoints).map((x) => [f1([x]), h(f1([x]), 1)]);
    return { name, bounds, values, worst, trueVolume: () => volumeBelow(front(), worst) };
  };
  const wide = Array.from({ length: 9 }, () => [-5, 5] as const);
  return [
    draft('ZDT1', unit(30), first, linear, root, 10),
    draft('ZDT2', unit(30), first, linear, square, 10),
    draft('ZDT3', unit(30), first, linear, waves, 10),
    // Its g has at most 25 + 10 for each variable but the first.
    draft('ZDT4', [[0, 1], ...wide], first, rugged, root, 1 + 9 * 45),
    draft('ZDT6', unit(10), uneven, biased, square, 10),
  ];
}

/** With as many variables beyond the position on the front as the authors suggest: 5, 10 and 20. */
function dtlz(metrics: number): Draft[] {
  const tail = (x: Vector) => x.slice(metrics - 1);
  const rugged = (x: Vector) => 100 * (x.length + sum(x.map((each) => (each - 0.5) ** 2 - Math.cos(20 * Math.PI * (each - 0.5)))));
  const bowl = (x: Vector) => sum(x.map((each) => (each - 0.5) ** 2));
  /** Products of `rising` of the first positions, then `falling` of the next one. */
  const shape = (x: Vector, rising: (each: number) => number, falling: (each: number) => number): number[] =>
    Array.from({ length: metrics }, (_, metric) => {
      const last = metrics - 1 - metric;
      return x.slice(0, last).reduce((product, each) => product * rising(each), 1) * (metric === 0 ? 1 : falling(x[last] ?? 0));
    });
  const plane = (x: Vector) =>
    shape(
      x,
      (each) => each,
      (each) => 1 - each,
    ).map((each) => 0.5 * (1 + rugged(tail(x))) * each);
  const quarter = Math.PI / 2;
  const sphere = (x: Vector) =>
    shape(
      x,
      (each) => Math.cos(each * quarter),
      (each) => Math.sin(each * quarter),
    ).map((each) => (1 + bowl(tail(x))) * each);
  const last = (position: Vector, g: number) =>
    (1 + g) * (metrics - sum(position.map((f) => (f / (1 + g)) * (1 + Math.sin(3 * Math.PI * f)))));
  const patches = (x: Vector) => {
    const position = x.slice(0, metrics - 1);
    return [...position, last(position, 1 + (9 * sum(tail(x))) / tail(x).length)];
  };
  // The greatest g of DTLZ1 is below 100 · (5 + 5 · 1.25), that of DTLZ2 is 10 / 4, and the last value of DTLZ7 is at most M · 11.
  const [most1, most2, most7] = [0.5 * (1 + 1125), 3.5, 11 * metrics];
  const simplex = 0.5 ** metrics / (metrics === 2 ? 2 : 6);
  const ball = metrics === 2 ? Math.PI / 4 : Math.PI / 6;
  const positions = metrics === 2 ? grid(frontPoints).map((x) => [x]) : grid(frontSide).flatMap((x) => grid(frontSide).map((y) => [x, y]));
  const worst7 = [...Array(metrics - 1).fill(1), most7];
  return [
    {
      name: `DTLZ1 of ${metrics}`,
      bounds: unit(metrics + 4),
      values: plane,
      worst: Array(metrics).fill(most1),
      trueVolume: () => most1 ** metrics - simplex,
    },
    {
      name: `DTLZ2 of ${metrics}`,
      bounds: unit(metrics + 9),
      values: sphere,
      worst: Array(metrics).fill(most2),
      trueVolume: () => most2 ** metrics - ball,
    },
    {
      name: `DTLZ7 of ${metrics}`,
      bounds: unit(metrics + 19),
      values: patches,
      worst: worst7,
      trueVolume: () =>
        volumeBelow(
          positions.map((position) => [...position, last(position, 1)]),
          worst7,
        ),
    },
  ];
}
