import type { Configuration } from '../../space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../space/schema.ts';

/** A function with a known least value, to be minimised over a search space. */
export interface TestFunction {
  /** Its name and, where that varies, its number of dimensions. */
  readonly name: string;
  readonly space: SearchSpace;
  /**
   * The least value, to the digits that its source gives, and one place where it is taken. Of a function whose steps have a memory it is that of
   * one configuration throughout: a search that changes values on the way may go below it.
   */
  readonly minimum: { readonly value: number; readonly at: Configuration };
  readonly value: (parameters: Configuration) => number;
  /**
   * The value after some steps, of a function whose steps have a memory. Absent: an evaluation only approaches `value`. The `value` of such
   * a function is what is left after endless steps with one configuration.
   *
   * @param steps the configuration of each step, in order
   */
  readonly afterSteps?: (steps: readonly Configuration[]) => number;
}

/** Lowest and highest value of one coordinate. */
export type Interval = readonly [low: number, high: number];

/** A function of real coordinates, with the facts that make it a test function. */
export interface OverBox {
  readonly name: string;
  readonly box: readonly Interval[];
  readonly minimum: { readonly value: number; readonly at: readonly number[] };
  readonly value: (x: readonly number[]) => number;
}

/** A function of real coordinates as one of float parameters `x1`, `x2`, … */
export function overBox({ name, box, minimum, value }: OverBox): TestFunction {
  return {
    name,
    space: searchSpaceSchema.parse(box.map(([low, high], index) => ({ type: 'float', name: `x${index + 1}`, low, high }))),
    minimum: { value: minimum.value, at: Object.fromEntries(minimum.at.map((x, index) => [`x${index + 1}`, x])) },
    value: (parameters) => value(box.map((_, index) => numberOf(parameters, `x${index + 1}`))),
  };
}

/**
 * The same function with its minimum moved by an offset, the box left where it is. Ackley, Rastrigin and Griewank have
 * their minimum in the middle of the box, where every TPE has the middle of its prior: unmoved they reward the prior,
 * not the search. Moving them is what the CEC 2005 suite does (Suganthan et al., "Problem Definitions and Evaluation
 * Criteria for the CEC 2005 Special Session on Real-Parameter Optimization", 2005).
 */
export function shifted(offset: readonly number[], { name, box, minimum, value }: OverBox): TestFunction {
  return overBox({
    name,
    box,
    minimum: { value: minimum.value, at: minimum.at.map((x, index) => x + (offset[index] ?? 0)) },
    value: (x) => value(x.map((coordinate, index) => coordinate - (offset[index] ?? 0))),
  });
}

/** `dimensions` times the same interval. */
export function cube(dimensions: number, interval: Interval): Interval[] {
  return Array.from({ length: dimensions }, () => interval);
}

/** @throws RangeError where the parameter is not there or not a number */
export function numberOf(parameters: Configuration, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new RangeError(`${name} is a number here, got ${JSON.stringify(value)}`);
  return value;
}

/** The sum of `term(x[i], i)`. */
export function sum(x: readonly number[], term: (coordinate: number, index: number) => number): number {
  return x.reduce((total, coordinate, index) => total + term(coordinate, index), 0);
}

/** The sum of `term(x[i], x[i + 1], i)` over neighbours. */
export function sumOfPairs(x: readonly number[], term: (coordinate: number, next: number, index: number) => number): number {
  return sum(x.slice(1), (next, index) => term(x[index] ?? Number.NaN, next, index));
}
