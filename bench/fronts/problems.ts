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
  /** Where the variables that are 0 or in the middle on the front are, as a share of their bounds. */
  readonly best: 0 | 0.5;
  /** Upper bounds of all values. */
  readonly worst: Vector;
  /** The hypervolume of the true front against `worst`. */
  readonly trueVolume: () => number;
}

/** Points of a true front of two metrics, and of each side of one of three, that stand for it where its volume has no formula. */
const [frontPoints, frontSide] = [20_000, 300];

/** The problems that the bench reports. */
export function frontProblems(): FrontProblem[] {
  return [...zdt(), ...dtlz(2), ...dtlz(3)].map(problemFrom);
}

/**
 * Problems to choose settings on, so that those that are reported choose nothing: the same kinds with fewer variables, whose best places are moved away
 * from the bounds and the middle, and that of Fonseca and Fleming ("Multiobjective Optimization and Multiple Constraint Handling with Evolutionary Algorithms",
 * IEEE Transactions on Systems, Man, and Cybernetics 28(1), 1998).
 */
export function tuningProblems(): FrontProblem[] {
  return [
    ...zdt(8, 4).map((draft) => moved(draft, 1)),
    ...dtlz(2, [3, 5, 6]).map((draft) => moved(draft, 1)),
    ...dtlz(3, [2, 4, 5]).map((draft) => moved(draft, 2)),
    fonseca(4),
  ].map(problemFrom);
}

/** The same front, but each variable from one on is best at a place of its own inside its bounds, with a straight slope on each side. */
function moved(draft: Draft, from: number): Draft {
  const { best } = draft;
  const shareAt = (share: number, place: number) => {
    if (share >= place) return best + ((1 - best) * (share - place)) / (1 - place);
    return best === 0 ? (place - share) / place : (best * share) / place;
  };
  const moveTo = (index: number) => 0.15 + 0.7 * ((0.618 * (index + 1)) % 1);
  const values = (x: Vector) =>
    draft.values(
      x.map((each, index) => {
        const [low, high] = draft.bounds[index] ?? [0, 1];
        return index < from ? each : low + (high - low) * shareAt((each - low) / (high - low), moveTo(index));
      }),
    );
  return { ...draft, name: `moved ${draft.name}`, values };
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

/**
 * @param variables of all but ZDT4 and ZDT6
 * @param fewer of these two
 */
function zdt(variables = 30, fewer = 10): Draft[] {
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
    best: Draft['best'] = 0,
  ): Draft => {
    const values = (x: Vector) => [f1(x), g(x) * h(f1(x), g(x))];
    const worst = [1, most];
    const front = () => grid(frontPoints).map((x) => [f1([x]), h(f1([x]), 1)]);
    return { name, bounds, values, best, worst, trueVolume: () => volumeBelow(front(), worst) };
  };
  const wide = Array.from({ length: fewer - 1 }, () => [-5, 5] as const);
  return [
    draft('ZDT1', unit(variables), first, linear, root, 10),
    draft('ZDT2', unit(variables), first, linear, square, 10),
    draft('ZDT3', unit(variables), first, linear, waves, 10),
    // Its g has at most 25 + 10 for each variable but the first.
    draft('ZDT4', [[0, 1], ...wide], first, rugged, root, 1 + (fewer - 1) * 45, 0.5),
    draft('ZDT6', unit(fewer), uneven, biased, square, 10),
  ];
}

/** Variables between −4 and 4; on the front all are alike, between −1/√n and 1/√n. */
function fonseca(variables: number): Draft {
  const place = 1 / Math.sqrt(variables);
  const to = (x: Vector, centre: number) => 1 - Math.exp(-sum(x.map((each) => (each - centre) ** 2)));
  const values = (x: Vector) => [to(x, place), to(x, -place)];
  const worst = [1, 1];
  const front = () => grid(frontPoints).map((share) => values(Array(variables).fill(place * (2 * share - 1))));
  return {
    name: 'Fonseca',
    bounds: Array.from({ length: variables }, () => [-4, 4] as const),
    values,
    best: 0.5,
    worst,
    trueVolume: () => volumeBelow(front(), worst),
  };
}

/** @param distances variables beyond the position on the front: as many as the authors suggest */
function dtlz(metrics: number, distances: readonly [number, number, number] = [5, 10, 20]): Draft[] {
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
  // The greatest g of DTLZ1 is below 100 · (n + n · 1.25) for n distances, that of DTLZ2 is n / 4, and the last value of DTLZ7 is at most M · 11.
  const [most1, most2, most7] = [0.5 * (1 + 225 * distances[0]), 1 + distances[1] / 4, 11 * metrics];
  const simplex = 0.5 ** metrics / (metrics === 2 ? 2 : 6);
  const ball = metrics === 2 ? Math.PI / 4 : Math.PI / 6;
  const positions = metrics === 2 ? grid(frontPoints).map((x) => [x]) : grid(frontSide).flatMap((x) => grid(frontSide).map((y) => [x, y]));
  const worst7 = [...Array(metrics - 1).fill(1), most7];
  return [
    {
      name: `DTLZ1 of ${metrics}`,
      bounds: unit(metrics - 1 + distances[0]),
      values: plane,
      best: 0.5,
      worst: Array(metrics).fill(most1),
      trueVolume: () => most1 ** metrics - simplex,
    },
    {
      name: `DTLZ2 of ${metrics}`,
      bounds: unit(metrics - 1 + distances[1]),
      values: sphere,
      best: 0.5,
      worst: Array(metrics).fill(most2),
      trueVolume: () => most2 ** metrics - ball,
    },
    {
      name: `DTLZ7 of ${metrics}`,
      bounds: unit(metrics - 1 + distances[2]),
      values: patches,
      best: 0,
      worst: worst7,
      trueVolume: () =>
        volumeBelow(
          positions.map((position) => [...position, last(position, 1)]),
          worst7,
        ),
    },
  ];
}
