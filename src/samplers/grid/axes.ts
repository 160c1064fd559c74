import type { Parameter, ParameterValue } from '../../space/schema.ts';
import { canonicalValue, cardinality, decodeUnit, valueAt } from '../../space/unit-cube.ts';
import type { Problem } from '../contract.ts';
import type { GridAxis, GridOptions } from './options.ts';
import { countPoints, type GridAxes } from './points.ts';

/** Points of a study's grid. */
export function gridSize(problem: Problem, options: GridOptions): number {
  return countPoints(problem.space, gridAxes(problem, options));
}

/** The values of each parameter, in the order of the space. */
export function gridAxes(problem: Problem, options: GridOptions): GridAxes {
  const axes = new Map(Object.entries(options.axes));
  return problem.space.map((parameter) => axisValues(parameter, axes.get(parameter.name)));
}

function axisValues(parameter: Parameter, axis: GridAxis | undefined): readonly ParameterValue[] {
  if (!axis) return Array.from({ length: cardinality(parameter) }, (_, index) => valueAt(parameter, index));
  if ('values' in axis) return axis.values.flatMap((value) => canonicalValue(parameter, value) ?? []);
  return [...new Set(Array.from({ length: axis.points }, (_, index) => spread(parameter, index, axis.points)))];
}

/** Point `index` of `count` from low to high, both included if there are two or more. */
function spread(parameter: Parameter, index: number, count: number): ParameterValue {
  return decodeUnit(parameter, count === 1 ? 0.5 : index / (count - 1));
}
