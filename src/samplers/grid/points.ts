import { invariant } from '../../shared/errors.ts';
import { type Configuration, isActive } from '../../space/configuration.ts';
import type { Parameter, ParameterValue, SearchSpace } from '../../space/schema.ts';

/** The values of each parameter of a space, in its order. */
export type GridAxes = readonly (readonly ParameterValue[])[];

/** Number of points of a grid; a parameter that does not exist under a point does not multiply it. */
export function countPoints(space: SearchSpace, axes: GridAxes): number {
  return product(branchRoots(space, 0), branchCounts(space, axes), {});
}

/**
 * Point `rank` (0 … count − 1) in the order in which the last parameter varies fastest. Walks down the space once and
 * skips whole branches by their counts: no list of points is made.
 */
export function pointAt(space: SearchSpace, axes: GridAxes, rank: number): Configuration {
  const branches = branchCounts(space, axes);
  const values: Record<string, ParameterValue> = {};
  let left = rank;
  for (const [index, parameter] of space.entries()) {
    if (!isActive(parameter, values)) continue;
    const next = branchRoots(space, index + 1);
    const found = (axes[index] ?? []).some((value) => {
      values[parameter.name] = value;
      const branch = product(next, branches, values);
      if (left < branch) return true;
      left -= branch;
      return false;
    });
    invariant(found, `point ${rank} is not in the grid`);
  }
  return values;
}

/**
 * For each parameter, the combinations of it and everything that depends on it, given that it exists. Each parameter
 * has one parent at most, so that conditions form trees and branches multiply: the cost is the values times the
 * conditions, however many parents there are.
 */
function branchCounts(space: SearchSpace, axes: GridAxes): number[] {
  const counts = space.map(() => 1);
  for (let index = space.length - 1; index >= 0; index -= 1) {
    const name = space[index]?.name ?? '';
    const children = [...space.entries()].filter(([, child]) => child.when?.parameter === name);
    counts[index] = (axes[index] ?? []).reduce<number>((sum, value) => sum + product(children, counts, { [name]: value }), 0);
  }
  return counts;
}

/** The parameters from index `from` on that have no parent or one before `from`: each is the root of a branch. */
function branchRoots(space: SearchSpace, from: number): [number, Parameter][] {
  const earlier = new Set(space.slice(0, from).map((parameter) => parameter.name));
  return [...space.entries()].slice(from).filter(([, { when }]) => !when || earlier.has(when.parameter));
}

/** The combinations of these branches; a parameter that does not exist does not multiply them. */
function product(parameters: readonly [number, Parameter][], branches: readonly number[], values: Configuration): number {
  return parameters.reduce((ways, [index, parameter]) => ways * (isActive(parameter, values) ? (branches[index] ?? 1) : 1), 1);
}
