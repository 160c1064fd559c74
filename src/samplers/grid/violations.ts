import type { CrossViolation } from '../../shared/errors.ts';
import { noValueText } from '../../space/no-value.ts';
import { allNames, rangePointers } from '../../space/pointers.ts';
import type { Parameter, ParameterValue } from '../../space/schema.ts';
import { canonicalValue, cardinality } from '../../space/unit-cube.ts';
import type { Problem } from '../contract.ts';
import { gridSize } from './axes.ts';
import type { GridOptions } from './options.ts';

/** Most values that one parameter of a grid may have unnamed. */
const mostValues = 10_000;
/** Most points that a grid may have. */
const mostPoints = 10_000_000;

/** Points of a grid; infinite if its axes have a violation, because some of those cannot be counted. */
export function countableSize(problem: Problem, options: GridOptions): number {
  return axisViolations(problem, options).length > 0 ? Number.POSITIVE_INFINITY : gridSize(problem, options);
}

export function gridViolations(problem: Problem, options: GridOptions): CrossViolation[] {
  const violations = axisViolations(problem, options);
  if (violations.length > 0) return violations;
  const size = gridSize(problem, options);
  if (size <= mostPoints) return [];
  const detail = `the grid has ${size} points, more than ${mostPoints}: name fewer values`;
  return [{ pointer: '/axes', detail, from: ['/sampler/axes', '/searchSpace'] }];
}

function axisViolations(problem: Problem, options: GridOptions): CrossViolation[] {
  const violations: CrossViolation[] = [];
  const indices = new Map(problem.space.map(({ name }, index) => [name, index]));
  for (const [name, axis] of Object.entries(options.axes)) {
    const index = indices.get(name);
    const parameter = index === undefined ? undefined : problem.space[index];
    if (index === undefined || !parameter)
      violations.push({ pointer: `/axes/${name}`, detail: `the search space has no parameter named ${name}`, from: [allNames] });
    else if ('values' in axis) {
      const from = rangePointers(index);
      violations.push(...valueViolations(parameter, axis.values).map((violation) => ({ ...violation, from })));
    }
  }
  for (const [index, parameter] of problem.space.entries()) {
    if (Object.hasOwn(options.axes, parameter.name) || cardinality(parameter) <= mostValues) continue;
    const many = Number.isFinite(cardinality(parameter)) ? `${cardinality(parameter)} values` : 'infinitely many values';
    violations.push({
      pointer: `/axes/${parameter.name}`,
      detail: `parameter ${index} (${parameter.name}) has ${many}: name the ones to try, or a number of points`,
      from: [`/searchSpace/${index}/name`, ...rangePointers(index)],
    });
  }
  return violations;
}

function valueViolations(parameter: Parameter, values: readonly ParameterValue[]): CrossViolation[] {
  const seen = new Set<ParameterValue>();
  return values.flatMap((value, index) => {
    const pointer = `/axes/${parameter.name}/values/${index}`;
    const canonical = canonicalValue(parameter, value);
    if (canonical === undefined) return [{ pointer, detail: noValueText(parameter, value) }];
    if (seen.has(canonical)) return [{ pointer, detail: `${JSON.stringify(value)} is listed twice` }];
    seen.add(canonical);
    return [];
  });
}
