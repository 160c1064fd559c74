import { z } from 'zod';

type PartialOf<Whole> = Whole extends unknown ? Partial<Whole> : never;

/** Keys of a part of a definition that override those of a preset. They are checked after the merge, with the whole definition. */
export type Overrides<Schema extends z.ZodType> = z.ZodOptional<z.ZodType<PartialOf<z.output<Schema>>, PartialOf<z.input<Schema>>>>;

/**
 * The overrides of a part of a definition: any of its keys, and no others. A default does not apply, because a key that is absent
 * keeps the value of the preset.
 */
export function overridesOf<Shape extends z.ZodRawShape>(part: z.ZodObject<Shape>, description: string): Overrides<z.ZodObject<Shape>> {
  return named(part).optional().describe(description) as unknown as Overrides<z.ZodObject<Shape>>; // its type does not show the new shape
}

/** The overrides of a part that is one of several types: keys of the type of the preset, or of another with its `type`. */
export function overridesOfAny<Schema extends z.ZodType>(
  choices: z.ZodType<z.output<Schema>, z.input<Schema>> & { readonly options: readonly z.ZodObject[] },
  description: string,
): Overrides<Schema> {
  return z.union(choices.options.map(named)).optional().describe(description) as unknown as Overrides<Schema>; // likewise
}

/** Each part has one schema of its overrides, because a name in the document belongs to one schema. */
const made = new WeakMap<z.ZodObject, z.ZodObject>();

function named(part: z.ZodObject): z.ZodObject {
  const { id, description } = part.meta() ?? {};
  const overrides = made.get(part) ?? partial(part).meta({ id: `${id}Overrides`, description: `Keys to override. ${description}` });
  made.set(part, overrides);
  return overrides;
}

function partial(part: z.ZodObject): z.ZodObject {
  return z.strictObject(Object.fromEntries(Object.entries(part.shape).map(([key, schema]) => [key, withoutDefault(schema).optional()])));
}

function withoutDefault(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    const inner = withoutDefault(schema.unwrap());
    const description = schema.meta()?.description;
    return description === undefined || inner.meta()?.description === description ? inner : inner.describe(description);
  }
  return schema as z.ZodType; // the schemas of zod's classic interface
}
