import { z } from 'zod';
import { parameterNameSchema, parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import type { GridAxes } from './points.ts';

const axisSchema = z
  .union([
    z
      .strictObject({ values: z.array(parameterValueSchema).min(1).max(1000).describe('Exactly these values.') })
      .meta({ id: 'GridValues', description: 'The values of a parameter in a grid.' }),
    z
      .strictObject({
        points: z.int().min(1).max(1000).describe('This many values, evenly spread from low to high on the scale of the parameter.'),
      })
      .meta({ id: 'GridPoints', description: 'The number of values of a parameter in a grid.' }),
  ])
  .meta({ id: 'GridAxis', description: 'The values of a parameter in a grid: a list, or a number of them.' });

export const gridOptionsSchema = z
  .strictObject({
    type: z.literal('grid'),
    axes: z
      .record(parameterNameSchema, axisSchema)
      .default({})
      .describe('The values of each parameter, by name. A parameter without an entry has all its values, step by step.'),
  })
  .meta({ id: 'GridSampler', description: 'Grid search: every combination exactly once, the last parameter varying fastest.' });

export type GridOptions = z.output<typeof gridOptionsSchema>;
/** The values of one parameter as a client writes them. */
export type GridAxis = z.output<typeof axisSchema>;

/** Options that cross these values. */
export function gridOf(space: SearchSpace, axes: GridAxes): GridOptions {
  return { type: 'grid', axes: Object.fromEntries(space.map(({ name }, index) => [name, { values: [...(axes[index] ?? [])] }])) };
}
