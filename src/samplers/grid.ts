import { z } from 'zod';
import type { Fault } from '../shared/errors.ts';
import { type Parameter, type ParameterValue, parameterNameSchema, parameterValueSchema } from '../space/schema.ts';
import { canonicalValue, cardinality, decodeUnit, valueAt } from '../space/unit-cube.ts';
import type { Problem, Sampler } from './contract.ts';
import { countPoints, pointAt } from './grid-points.ts';

/** Values one parameter may have in a grid, and points a grid may have. */
const mostValues = 10_000;
const mostPoints = 10_000_000;

const axisSchema = z
  .union([
    z.strictObject({ values: z.array(parameterValueSchema).min(1).max(1000).describe('Exactly these values.') }),
    z.strictObject({
      points: z.int().min(1).max(1000).describe('This many values, evenly spread from low to high on the scale of the parameter.'),
    }),
  ])
  .meta({ id: 'GridAxis' });

export const gridOptionsSchema = z
  .strictObject({
    type: z.literal('grid'),
    axes: z
      .record(parameterNameSchema, axisSchema)
      .default({})
      .describe('The values of each parameter, by name. A parameter that is not named takes all its values, step by step.'),
  })
  .meta({ id: 'GridSampler', description: 'Grid search: every combination exactly once, the last parameter varying fastest.' });

const stateSchema = z.strictObject({ version: z.literal(1) });
type Options = z.output<typeof gridOptionsSchema>;

/**
 * Grid search. Trial n is the n-th point, so that whatever dies, every point is tried exactly once. Values of a
 * parameter whose condition does not hold are not multiplied. Results, failed ones included, change nothing.
 */
export const gridSampler: Sampler<Options, z.output<typeof stateSchema>> = {
  name: 'grid',
  version: 1,
  summary: 'Tries every combination of given values exactly once.',
  optionsSchema: gridOptionsSchema,
  stateSchema,
  sees: 'none',
  check: gridFaults,
  defaultParallelism: () => 16,
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest(problem, options, _state, request) {
    const axes = gridAxes(problem, options);
    const total = countPoints(problem.space, axes);
    const last = Math.min(request.firstNumber + request.count, total);
    if (request.firstNumber >= last) return { kind: 'exhausted', reason: `all ${total} points of the grid are tried` };
    const numbers = Array.from({ length: last - request.firstNumber }, (_, index) => request.firstNumber + index);
    return {
      kind: 'suggestions',
      suggestions: numbers.map((number) => ({
        parameters: pointAt(problem.space, axes, number),
        origin: { sampler: 'grid', point: number },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};

/** How many points the grid of a study has. */
export function gridSize(problem: Problem, options: Options): number {
  return countPoints(problem.space, gridAxes(problem, options));
}

function gridAxes(problem: Problem, options: Options): readonly (readonly ParameterValue[])[] {
  const axes = new Map(Object.entries(options.axes));
  return problem.space.map((parameter) => axisValues(parameter, axes.get(parameter.name)));
}

function axisValues(parameter: Parameter, axis: z.output<typeof axisSchema> | undefined): readonly ParameterValue[] {
  if (!axis) return Array.from({ length: cardinality(parameter) }, (_, index) => valueAt(parameter, index));
  if ('values' in axis) return axis.values.flatMap((value) => canonicalValue(parameter, value) ?? []);
  return [...new Set(Array.from({ length: axis.points }, (_, index) => spread(parameter, index, axis.points)))];
}

/** Point `index` of `count` from low to high, both included where there are two or more. */
function spread(parameter: Parameter, index: number, count: number): ParameterValue {
  return decodeUnit(parameter, count === 1 ? 0.5 : index / (count - 1));
}

function gridFaults(problem: Problem, options: Options): Fault[] {
  const faults: Fault[] = [];
  const parameters = new Map(problem.space.map((parameter) => [parameter.name, parameter]));
  for (const [name, axis] of Object.entries(options.axes)) {
    const parameter = parameters.get(name);
    if (!parameter) faults.push({ pointer: `/axes/${name}`, detail: `the search space has no parameter named ${name}` });
    else if ('values' in axis) faults.push(...valueFaults(parameter, axis.values));
  }
  for (const [index, parameter] of problem.space.entries()) {
    if (Object.hasOwn(options.axes, parameter.name) || cardinality(parameter) <= mostValues) continue;
    const many = Number.isFinite(cardinality(parameter)) ? `${cardinality(parameter)} values` : 'infinitely many values';
    faults.push({
      pointer: `/axes/${parameter.name}`,
      detail: `parameter ${index} (${parameter.name}) has ${many}: name the ones to try, or a number of points`,
    });
  }
  if (faults.length === 0 && gridSize(problem, options) > mostPoints) {
    faults.push({
      pointer: '/axes',
      detail: `the grid has ${gridSize(problem, options)} points, more than ${mostPoints}: name fewer values`,
    });
  }
  return faults;
}

function valueFaults(parameter: Parameter, values: readonly ParameterValue[]): Fault[] {
  const seen = new Set<ParameterValue>();
  return values.flatMap((value, index) => {
    const pointer = `/axes/${parameter.name}/values/${index}`;
    const canonical = canonicalValue(parameter, value);
    if (canonical === undefined) return [{ pointer, detail: `${JSON.stringify(value)} is not a value of ${parameter.name}` }];
    if (seen.has(canonical)) return [{ pointer, detail: `${JSON.stringify(value)} is listed twice` }];
    seen.add(canonical);
    return [];
  });
}
