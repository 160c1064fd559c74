import type { z } from 'zod';

/** An invalid value without the members that its schema refuses. */
export interface Repaired<Value> {
  /** undefined if the schema refuses the rest too. */
  readonly value: Value | undefined;
  /** Paths of the removed members. Members that the schema does not know are not among them: nothing depends on those. */
  readonly removed: readonly (readonly PropertyKey[])[];
}

/** Parses a value; while it is invalid, removes the members that the schema refuses and parses it again. */
export function repaired<Schema extends z.ZodType>(schema: Schema, given: unknown): Repaired<z.output<Schema>> {
  let result = schema.safeParse(given);
  if (result.success) return { value: result.data, removed: [] };
  const copy: unknown = structuredClone(given);
  const removed: (readonly PropertyKey[])[] = [];
  while (!result.success) {
    const refused = refusedIn(copy, result.error.issues);
    if (refused.some((path) => path.length === 0)) return { value: undefined, removed };
    for (const path of [...refused, ...unknownIn(result.error.issues)]) remove(copy, path);
    removed.push(...refused);
    result = schema.safeParse(copy);
  }
  return { value: result.data, removed };
}

/** The members that issues are about. An issue about one that is missing is about the object that lacks it, and so on. */
function refusedIn(whole: unknown, issues: readonly z.core.$ZodIssue[]): (readonly PropertyKey[])[] {
  return issues.flatMap(({ code, path }) => {
    if (code === 'unrecognized_keys') return [];
    let present = path;
    while (present.length > 0 && !isPresent(whole, present)) present = present.slice(0, -1);
    return [present];
  });
}

/** The members that a schema does not know. */
function unknownIn(issues: readonly z.core.$ZodIssue[]): (readonly PropertyKey[])[] {
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : []));
}

/** Removes a member of a value. An item of a list leaves a gap, so that the others keep their places. */
function remove(whole: unknown, path: readonly PropertyKey[]): void {
  const [parent, key] = [path.slice(0, -1).reduce<unknown>(memberOf, whole), path.at(-1)];
  if (isContainer(parent) && key !== undefined) Reflect.deleteProperty(parent, key);
}

function isPresent(whole: unknown, path: readonly PropertyKey[]): boolean {
  const [parent, key] = [path.slice(0, -1).reduce<unknown>(memberOf, whole), path.at(-1)];
  return isContainer(parent) && key !== undefined && Object.hasOwn(parent, key);
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return isContainer(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
