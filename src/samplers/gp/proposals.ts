import type { RandomStream } from '../../shared/random.ts';
import { decodeUnit, unitShare } from '../../space/unit-cube.ts';
import type { CategoricalDimension, Dimension, Geometry, NumericDimension, Point } from './dimensions.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { unwarp, warp } from './warp.ts';

/** Chance that a dimension moves, in the half of the neighbours that do not move in all of them. */
const moveChance = 0.35;
/** Chance that a stepped parameter takes the next value up or down instead of a random distance. */
const nextValueChance = 0.15;

/** Shape of a proposal: the warp's constant of each numeric dimension, and how far it is sensible to go. */
export interface Shape {
  /** 0 for categorical dimensions. */
  readonly warps: Float64Array;
  /** In units of the warped axis. */
  readonly lengths: Float64Array;
  readonly isNumeric: readonly boolean[];
}

/** Bounds on the warped axis of each dimension, in order; those of categorical dimensions mean nothing. */
export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Draws from a stream; all places are of the full cube, so that a parameter that does not exist has a coordinate as well. */
export class Proposer {
  readonly #dimensions: readonly Dimension[];
  readonly #stream: RandomStream;
  readonly #categories: number;
  readonly #box: Box;

  /** @param box what numbers stay in, for the shape that the proposals are made with */
  constructor({ dimensions }: Geometry, stream: RandomStream, box: Box = wholeBox(dimensions.length)) {
    this.#box = box;
    this.#dimensions = dimensions;
    this.#stream = stream;
    this.#categories = dimensions.filter(({ kind }) => kind === 'categorical').length;
  }

  /** A place drawn uniformly from the warped cube. */
  anywhere(warps: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.#dimensions, (dimension, index) => this.#fresh(dimension, index, warps[index] as number));
  }

  /** A place near a point. Coordinates that the point lacks are drawn anew. */
  near(point: Point, { warps, lengths }: Shape, scale: number): Float64Array {
    const all = this.#stream.uniform() < 0.5;
    const redraw = 0.25 / Math.max(this.#categories, 1) + 0.05;
    return Float64Array.from(this.#dimensions, (dimension, index) => {
      const [coordinate, constant] = [point[index] as number, warps[index] as number];
      if (Number.isNaN(coordinate)) return this.#fresh(dimension, index, constant);
      if (dimension.kind === 'categorical') return this.#stream.uniform() < redraw ? this.#choice(dimension) : coordinate;
      if (!all && this.#stream.uniform() >= moveChance) return coordinate;
      return this.#step(dimension, index, { coordinate, constant, distance: scale * Math.min(lengths[index] as number, 0.5) });
    });
  }

  #fresh(dimension: Dimension, index: number, constant: number): number {
    if (dimension.kind === 'categorical') return this.#choice(dimension);
    const [low, high] = [this.#box.low[index] as number, this.#box.high[index] as number];
    return unwarp(low + (high - low) * this.#stream.uniform(), constant);
  }

  #choice({ choices }: CategoricalDimension): number {
    return this.#stream.integer(choices);
  }

  #step(
    dimension: NumericDimension,
    index: number,
    { coordinate, constant, distance }: { coordinate: number; constant: number; distance: number },
  ): number {
    if (dimension.isStepped && this.#stream.uniform() < nextValueChance)
      return nextValue(dimension, coordinate, this.#stream.uniform() < 0.5);
    const [low, high] = [this.#box.low[index] as number, this.#box.high[index] as number];
    const aim = warp(coordinate, constant) + distance * this.#stream.normal();
    if (aim >= low && aim <= high) return unwarp(aim, constant);
    const reflected = aim < low ? 2 * low - aim : 2 * high - aim;
    return unwarp(clamped(this.#stream.uniform() < 0.5 ? aim : reflected, low, high), constant);
  }
}

function wholeBox(size: number): Box {
  return { low: new Float64Array(size), high: new Float64Array(size).fill(1) };
}

function clamped(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** A coordinate just beyond the share of a value, so that it is rounded to the next one up or down; at the end of the range, the same. */
function nextValue({ parameter }: NumericDimension, coordinate: number, up: boolean): number {
  const { low, high } = unitShare(parameter, decodeUnit(parameter, coordinate));
  // A hundredth of this value's share is less than the share of the next one, on either scale.
  const beyond = (high - low) / 100;
  return up ? Math.min(high + beyond, 1) : Math.max(low - beyond, 0);
}

/** Part of a wide linear range's logarithm by which places drawn at random are bent towards the linear scale. */
const priorBend = 0.2;

/** The shape before anything is known. */
export function priorShape({ dimensions }: Hyperparameters): Shape {
  return {
    warps: Float64Array.from(dimensions, (dimension) => (dimension.kind === 'numeric' ? priorBend * dimension.logRange : 0)),
    lengths: new Float64Array(dimensions.length).fill(0.5),
    isNumeric: dimensions.map(({ kind }) => kind === 'numeric'),
  };
}

/** The shape by some hyperparameters. */
export function shapeOf({ dimensions, warps }: Hyperparameters, theta: Float64Array): Shape {
  return {
    warps: Float64Array.from(warps, (at) => (at < 0 ? 0 : (theta[at] as number))),
    lengths: Float64Array.from(dimensions, (_, part) => Math.exp(theta[part] as number)),
    isNumeric: dimensions.map(({ kind }) => kind === 'numeric'),
  };
}
