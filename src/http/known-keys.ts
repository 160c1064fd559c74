import { z } from 'zod';

/** Returns the keys that a schema knows at a place of a value; none if it takes any key there. */
export function knownKeys(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema, value);
  const [key, ...rest] = path;
  if (inner instanceof z.ZodUnion)
    return inner.options.flatMap((option) => (option instanceof z.ZodType ? knownKeys(option, value, path) : []));
  if (key === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  const member = memberSchema(inner, key);
  return member ? knownKeys(member, memberOf(value, key), rest) : [];
}

/** Unwraps a schema: removes defaults and the like. Of a union whose branches one member tells apart, returns the branch of the value. */
function unwrapped(schema: z.ZodType, value: unknown): z.ZodType {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return branchOf(schema, value) ?? schema;
  }
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapper && schema.def.innerType instanceof z.ZodType ? unwrapped(schema.def.innerType, value) : schema;
}

/** The branch of a value, in a union of a union too. */
function branchOf({ options, def: { discriminator } }: z.ZodDiscriminatedUnion, value: unknown): z.ZodType | undefined {
  for (const option of options) {
    if (option instanceof z.ZodObject && option.shape[discriminator]?.safeParse(memberOf(value, discriminator)).success) return option;
    const inner = option instanceof z.ZodDiscriminatedUnion ? branchOf(option, value) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

function memberSchema(schema: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)];
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType) return schema.element;
  if (schema instanceof z.ZodRecord && schema.valueType instanceof z.ZodType) return schema.valueType;
  return undefined;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
