import { z } from 'zod';
import type { CrossViolation } from '../../shared/errors.ts';
import { type Configuration, isActive } from '../../space/configuration.ts';
import { allNames, conditionPointer, rangePointers } from '../../space/pointers.ts';
import { parameterNameSchema, parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import { canonicalValue } from '../../space/unit-cube.ts';
import type { Problem } from '../contract.ts';

export const listOptionsSchema = z
  .strictObject({
    type: z.literal('list'),
    points: z
      .array(z.record(parameterNameSchema, parameterValueSchema))
      .min(1)
      .max(10_000)
      .describe('The configurations to try, in order, each with a value for every active parameter.'),
  })
  .meta({ id: 'ListSampler', description: 'Tries the listed configurations in order.' });

export type ListOptions = z.output<typeof listOptionsSchema>;

/** Options that try these configurations, in order. */
export function listOf(points: readonly Configuration[]): ListOptions {
  return { type: 'list', points: points.map((point) => ({ ...point })) };
}

/** True for the options of this sampler. */
export function isList(options: { readonly type: string }): boolean {
  return options.type === 'list';
}

export function listViolations({ space }: Problem, { points }: ListOptions): CrossViolation[] {
  return points.flatMap((point, index) => pointViolations(space, point, `/points/${index}`));
}

function pointViolations(space: SearchSpace, point: Configuration, pointer: string): CrossViolation[] {
  const active = [...space.entries()].filter(([, parameter]) => isActive(parameter, point));
  const names = new Set(active.map(([, { name }]) => name));
  const unknown = Object.keys(point).filter((name) => !names.has(name));
  return [
    ...active.flatMap(([index, parameter]) => {
      const { name } = parameter;
      const given = point[name];
      if (given !== undefined && canonicalValue(parameter, given) !== undefined) return [];
      const from = [`/searchSpace/${index}/name`, ...rangePointers(index), ...activityPointers(space, name, pointer)];
      if (given === undefined) return [{ pointer, detail: `has no value of ${name}`, from: [...from, `/sampler${pointer}/${name}`] }];
      return [{ pointer: `${pointer}/${name}`, detail: `${JSON.stringify(given)} is not a value of ${name}`, from }];
    }),
    ...unknown.map((name) => ({
      pointer: `${pointer}/${name}`,
      detail: `${name} is not an active parameter of this configuration`,
      from: [allNames, ...activityPointers(space, name, pointer)],
    })),
  ];
}

/** Pointers to all that decides if a parameter is active in a point: its condition, and the value of its parent. */
function activityPointers(space: SearchSpace, name: string, point: string): string[] {
  return [...space.entries()]
    .filter(([, parameter]) => parameter.name === name)
    .flatMap(([index, { when }]) => [conditionPointer(index), ...(when ? [`/sampler${point}/${when.parameter}`] : [])]);
}
