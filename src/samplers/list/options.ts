import { z } from 'zod';
import type { Violation } from '../../shared/errors.ts';
import { type Configuration, isActive } from '../../space/configuration.ts';
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

export function listViolations({ space }: Problem, { points }: ListOptions): Violation[] {
  return points.flatMap((point, index) => pointViolations(space, point, `/points/${index}`));
}

function pointViolations(space: SearchSpace, point: Configuration, pointer: string): Violation[] {
  const active = space.filter((parameter) => isActive(parameter, point));
  const names = new Set(active.map((parameter) => parameter.name));
  const unknown = Object.keys(point).filter((name) => !names.has(name));
  return [
    ...active.flatMap((parameter) => {
      const given = point[parameter.name];
      if (given === undefined) return [{ pointer, detail: `has no value of ${parameter.name}` }];
      if (canonicalValue(parameter, given) !== undefined) return [];
      return [{ pointer: `${pointer}/${parameter.name}`, detail: `${JSON.stringify(given)} is not a value of ${parameter.name}` }];
    }),
    ...unknown.map((name) => ({ pointer: `${pointer}/${name}`, detail: `${name} is not an active parameter of this configuration` })),
  ];
}
