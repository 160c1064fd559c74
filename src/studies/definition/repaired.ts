import type { z } from 'zod';
import { plainWording } from '../../shared/schema-wording.ts';

/** An invalid value without the members that its schema refuses. */
export interface Repaired<Value> {
  /** undefined if the schema refuses what is left too. */
  readonly value: Value | undefined;
  /** True if nothing had to be removed. */
  readonly whole: boolean;
  /** Violations that appear only once unknown keys are removed: a schema does not compare fields while there are any. */
  readonly further: readonly z.core.$ZodIssue[];
}

/** Parses a value; if it is invalid, removes the members that the schema refuses and parses it again. */
export function repaired<Schema extends z.ZodType>(schema: Schema, given: unknown): Repaired<z.output<Schema>> {
  const first = schema.safeParse(given, { error: plainWording });
  if (first.success) return { value: first.data, whole: true, further: [] };
  const known = first.error.issues.filter(({ code }) => code === 'unrecognized_keys');
  const rest = first.error.issues.filter(({ code }) => code !== 'unrecognized_keys');
  const left = without(given, known);
  const second = known.length > 0 && rest.length === 0 ? schema.safeParse(left, { error: plainWording }) : first;
  if (second.success) return { value: second.data, whole: false, further: [] };
  const further = known.length > 0 && rest.length === 0 ? second.error.issues : [];
  const last = schema.safeParse(without(left, second.error.issues), { error: plainWording });
  return { value: last.success ? last.data : undefined, whole: false, further };
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
