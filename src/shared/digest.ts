import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a value (RFC 8785): keys sorted by UTF-16 code unit, numbers as ECMAScript prints them, no
 * white space. Equal values have equal texts; digests are over this, never over stored JSON.
 *
 * @throws Error when the value holds a number that is not finite; RangeError when it is `undefined`
 */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new RangeError('undefined has no canonical text');
  return text;
}

/** SHA-256 in lower-case hexadecimal (64 characters) of the canonical text of a value. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex');
}
