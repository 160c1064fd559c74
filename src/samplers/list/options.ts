import { z } from 'zod';
import type { CrossViolation } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import { pointViolations } from '../../space/point.ts';
import { parameterNameSchema, parameterValueSchema } from '../../space/schema.ts';
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
  return points.flatMap((point, index) => pointViolations(space, point, { pointer: `/points/${index}`, within: '/sampler' }));
}
