import type { z } from 'zod';

/** An invalid value without the members that its schema refuses. */
export interface Repaired<Value> {
  /** undefined if the schema refuses what is left too. */
  readonly value: Value | undefined;
  /** True if nothing had to be removed. */
  readonly whole: boolean;
}

/** Parses a value; if it is invalid, removes the members that the schema refuses and parses it again. */
export function repaired<Schema extends z.ZodType>(schema: Schema, given: unknown): Repaired<z.output<Schema>> {
  const first = schema.safeParse(given);
  if (first.success) return { value: first.data, whole: true };
  return { value: schema.safeParse(without(given, first.error.issues)).data, whole: false };
}

/** A copy of a value without the members that issues are about. */
function without(given: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(given);
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(-1);
    const path = issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1);
    const parent = path.reduce<unknown>(memberOf, copy);
    if (typeof parent === 'object' && parent !== null) for (const key of keys) Reflect.deleteProperty(parent, key);
  }
  return copy;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
