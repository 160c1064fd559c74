import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { describedEnum } from '../../shared/described-enum.ts';

/** Most values that are measured together. */
const mostValues = 200;

type ReportedNumber = number | null | 'NaN' | 'Infinity' | '-Infinity';

// Its type is named, because the compiler writes '-Infinity' as a key of a declaration in a way that it cannot read.
const numberSchema: z.ZodType<ReportedNumber, ReportedNumber> = z
  .union([
    z.number(),
    z.null(),
    describedEnum(['NaN', 'Infinity', '-Infinity'], {
      NaN: 'not a number.',
      Infinity: 'larger than any number.',
      '-Infinity': 'smaller than any number.',
    }),
  ])
  .describe('A number. One that JSON cannot write is null or its name; it is stored as null and ranks last.');

/** Values as a client sends them, by name. */
export const reportedValuesSchema = z
  .record(z.string().min(1).max(100), numberSchema)
  .refine((values) => Object.keys(values).length <= mostValues, { error: `must have at most ${mostValues} values` })
  .meta({ id: 'ReportedValues', description: 'Measured values, by name.' });

/** Values as they are stored: one that is not finite is null. */
export function storedValues(values: Readonly<Record<string, number | string | null>>): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? value : null]));
}
