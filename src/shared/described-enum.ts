import { z } from 'zod';

/**
 * A text that is one of some values, each with its meaning. The meanings are part of the description, and tools find them by value in
 * `x-enumDescriptions`.
 *
 * @param lead a sentence before the values
 */
export function describedEnum<const Value extends string>(
  values: readonly Value[],
  meanings: Readonly<Record<Value, string>>,
  lead?: string,
): z.ZodEnum<{ [Each in Value]: Each }> {
  const described = values.map((value) => `\`${value}\`: ${meanings[value]}`);
  return z.enum(values).meta({
    description: [...(lead === undefined ? [] : [lead]), ...described].join(' '),
    'x-enumDescriptions': Object.fromEntries(values.map((value) => [value, meanings[value]])),
  }) as z.ZodEnum<{ [Each in Value]: Each }>; // the same type, written out
}
