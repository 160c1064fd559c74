import { invariant } from '../shared/errors.ts';
import { type Configuration, isActive } from '../space/configuration.ts';
import type { ParameterValue, SearchSpace } from '../space/schema.ts';

/** The values of each parameter of a space, in its order. */
export type GridAxes = readonly (readonly ParameterValue[])[];

/** How many points a grid has; a parameter that does not exist under a point multiplies nothing. */
export function countPoints(space: SearchSpace, axes: GridAxes): number {
  return counter(space, axes)(0, {});
}

/**
 * Point `rank` (0 … count − 1) in the order in which the last parameter varies fastest. Walks down the space once and
 * skips whole branches by their counts: no list of points is made.
 */
export function pointAt(space: SearchSpace, axes: GridAxes, rank: number): Configuration {
  const count = counter(space, axes);
  const values: Record<string, ParameterValue> = {};
  let left = rank;
  for (const [index, parameter] of space.entries()) {
    if (!isActive(parameter, values)) continue;
    const chosen = (axes[index] ?? []).find((value) => {
      const branch = count(index + 1, { ...values, [parameter.name]: value });
      if (left < branch) return true;
      left -= branch;
      return false;
    });
    invariant(chosen !== undefined, `point ${rank} is not in the grid`);
    values[parameter.name] = chosen;
  }
  return values;
}

/** Counts the points below a partial configuration, remembering each answer by the values that can still matter. */
function counter(space: SearchSpace, axes: GridAxes): (from: number, values: Configuration) => number {
  const known = new Map<string, number>();
  const parentsAfter = space.map((_, index) => [...new Set(space.slice(index).flatMap((parameter) => parameter.when?.parameter ?? []))]);
  const count = (from: number, values: Configuration): number => {
    const parameter = space[from];
    if (!parameter) return 1;
    const key = JSON.stringify([from, (parentsAfter[from] ?? []).map((name) => values[name] ?? null)]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const total = isActive(parameter, values)
      ? (axes[from] ?? []).reduce<number>((sum, value) => sum + count(from + 1, isParent(parameter.name, parentsAfter[from + 1]) ? { ...values, [parameter.name]: value } : values), 0)
      : count(from + 1, values);
    known.set(key, total);
    return total;
  };
  return count;
}

function isParent(name: string, parents: readonly string[] | undefined): boolean {
  return parents?.includes(name) ?? false;
}
