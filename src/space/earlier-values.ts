import { z } from 'zod';
import type { Configuration } from './configuration.ts';
import { parameterNameSchema, parameterValueSchema } from './schema.ts';

/**
 * The values with which the first steps of an evaluation were taken, where they differ from its configuration: one entry for each change, in order. Steps
 * up to `until` (inclusive), from the entry before on, were taken with `parameters`; those after the last entry are taken with the configuration. An
 * entry has the parameters that may change; all others are those of the configuration throughout. Empty: nothing changed on the way.
 */
export const earlierValuesSchema = z
  .array(
    z
      .strictObject({
        until: z.int().min(1).describe('The last step that was taken with these values.'),
        parameters: z.record(parameterNameSchema, parameterValueSchema).describe('Values of the parameters that change on the way.'),
      })
      .meta({ id: 'ValuesUntil', description: 'Values of some parameters up to a step.' }),
  )
  .meta({
    id: 'EarlierValues',
    description: 'Values with which the first steps of an evaluation were taken, if they differ from its own.',
  });
export type EarlierValues = z.output<typeof earlierValuesSchema>;

/**
 * Leaves out the entries whose values are those of the steps after them, so that equal evaluations have equal entries.
 *
 * @param configuration the values of the last steps, and of every parameter that an entry leaves out
 */
export function realChanges(earlierValues: EarlierValues, configuration: Configuration): EarlierValues {
  const names = new Set(earlierValues.flatMap(({ parameters }) => Object.keys(parameters)));
  const valueAt = (index: number, name: string) => earlierValues[index]?.parameters[name] ?? configuration[name];
  return earlierValues.filter((_, index) => [...names].some((name) => valueAt(index, name) !== valueAt(index + 1, name)));
}
