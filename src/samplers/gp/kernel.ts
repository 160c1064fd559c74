import type { Point } from './dimensions.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { warp } from './warp.ts';

const root5 = Math.sqrt(5);
/** Warped coordinate of a parameter that does not exist. */
const inactiveCoordinate = 0.5;
/** Index of its choice. */
export const noChoice = -1;

/**
 * Points as the kernel sees them, one array for each dimension: warped coordinates, divided by the lengthscale, or indices of choices
 * (`noChoice` where the parameter does not exist).
 */
export type Columns = readonly Float64Array[];

/** The columns of points under some hyperparameters. */
export function columnsOf({ dimensions, warps }: Hyperparameters, theta: Float64Array, points: readonly Point[]): Columns {
  return dimensions.map((_, part) => {
    const at = warps[part] as number;
    const coordinates = Float64Array.from(points, (point) => point[part] as number);
    if (at < 0) return coordinates.map((choice) => (Number.isNaN(choice) ? noChoice : choice));
    const constant = theta[at] as number;
    const inverse = Math.exp(-(theta[part] as number));
    return coordinates.map((coordinate) => inverse * (Number.isNaN(coordinate) ? inactiveCoordinate : warp(coordinate, constant)));
  });
}

/** 1 / l² of each categorical dimension, 1 of the others, whose columns are divided by l already. */
export function choiceWeights({ dimensions, warps }: Hyperparameters, theta: Float64Array): Float64Array {
  return Float64Array.from(dimensions, (_, part) => ((warps[part] as number) < 0 ? Math.exp(-2 * (theta[part] as number)) : 1));
}

/**
 * The squared distance of two categorical coordinates, as of indicator vectors of length √½: 1 between two choices, ½ between a choice
 * and none.
 */
export function choiceDistance(left: number, right: number): number {
  if (left === right) return 0;
  return left < 0 || right < 0 ? 0.5 : 1;
}

/** Kernel of a model under one set of hyperparameters. */
export class Kernel {
  readonly layout: Hyperparameters;
  readonly theta: Float64Array;
  readonly variance: number;
  readonly #weights: Float64Array;

  constructor(layout: Hyperparameters, theta: Float64Array) {
    [this.layout, this.theta] = [layout, theta];
    this.variance = Math.exp(theta[layout.signal] as number);
    this.#weights = choiceWeights(layout, theta);
  }

  columns(points: readonly Point[]): Columns {
    return columnsOf(this.layout, this.theta, points);
  }

  /** Writes the squared distances of one point to the first `count` others. */
  distances(point: Columns, index: number, others: Columns, count: number, target: Float64Array, from: number): void {
    target.fill(0, from, from + count);
    for (let part = 0; part < others.length; part += 1) {
      const column = others[part] as Float64Array;
      const own = (point[part] as Float64Array)[index] as number;
      if ((this.layout.warps[part] as number) < 0)
        this.#addChoices(column, own, { weight: this.#weights[part] as number, count, target, from });
      else addSquares(column, own, count, target, from);
    }
  }

  /** Writes the covariances of one point with the first `count` others. */
  covariances(point: Columns, index: number, others: Columns, count: number, target: Float64Array, from: number): void {
    this.distances(point, index, others, count, target, from);
    for (let other = from; other < from + count; other += 1) target[other] = this.variance * matern(target[other] as number);
  }

  #addChoices(
    column: Float64Array,
    own: number,
    { weight, count, target, from }: { weight: number; count: number; target: Float64Array; from: number },
  ): void {
    for (let other = 0; other < count; other += 1)
      target[from + other] = (target[from + other] as number) + weight * choiceDistance(column[other] as number, own);
  }
}

/** Matérn 5/2 correlation of two points at a squared distance. */
export function matern(squared: number): number {
  const distance = root5 * Math.sqrt(squared);
  return (1 + distance + (5 / 3) * squared) * Math.exp(-distance);
}

function addSquares(column: Float64Array, own: number, count: number, target: Float64Array, from: number): void {
  for (let other = 0; other < count; other += 1) {
    const apart = (column[other] as number) - own;
    target[from + other] = (target[from + other] as number) + apart * apart;
  }
}
