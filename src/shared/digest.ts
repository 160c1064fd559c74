import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

/** Checks that a value is JSON. */
export const jsonSchema: z.ZodType<Json> = z
  .lazy(() => z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(jsonSchema), z.record(z.string(), jsonSchema)]))
  .meta({ id: 'Json', description: 'Any JSON value.' });

/**
 * The canonical text of a value (RFC 8785): keys sorted by UTF-16 code unit, numbers as ECMAScript prints them, no
 * white space. Equal values have equal texts. Digests are taken over this text, never over stored JSON.
 *
 * @throws Error when the value holds a number that is not finite; RangeError when it is `undefined`
 */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new RangeError('undefined has no canonical text');
  return text;
}

/**
 * The SHA-256 digest of a value's canonical text, in lower-case hexadecimal (64 characters).
 *
 * @throws the errors of `canonicalText`
 */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex');
}
