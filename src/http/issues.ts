import type { z } from 'zod';
import type { ViolationRepresentation } from '../api/problem.ts';
import { pointerOf } from '../shared/json-pointer.ts';
import { namedType, plainWording } from '../shared/schema-wording.ts';
import { didYouMean, nearestName } from '../shared/suggestion.ts';
import { knownKeys } from './known-keys.ts';

type Issue = z.core.$ZodIssue;

/** One violation of a schema: its place and a description. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Checks a value against a schema and describes the violations in plain words. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): { value: z.output<Schema> } | { findings: Finding[] } {
  const result = schema.safeParse(value, { error: plainWording });
  if (result.success) return { value: result.data };
  const place: Place = (path) => ({ known: knownKeys(schema, value, path), value: valueAt(value, path) });
  return { findings: withoutRepeats(result.error.issues).flatMap((issue) => issueFindings(issue, place)) };
}

/**
 * Leaves out limits that a value breaks only because it is of another type: a text that should be a list has a length too. Of two limits
 * that one value breaks, keeps the narrower one, which comes last: schemas of whole numbers have a limit of their own.
 */
function withoutRepeats(issues: readonly Issue[]): Issue[] {
  const wrongTypes = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pointerOf(path)));
  const kept = new Map<unknown, Issue>();
  for (const issue of issues) {
    if (issue.code !== 'too_big' && issue.code !== 'too_small') kept.set(issue, issue);
    else {
      const pointer = pointerOf(issue.path);
      const key = `${issue.code} ${pointer}`;
      kept.delete(key); // The last one also takes its place in the order.
      if (!wrongTypes.has(pointer)) kept.set(key, issue);
    }
  }
  return [...kept.values()];
}

/** The findings of a check; none of a valid value. */
export function findingsOf(result: { readonly value: unknown } | { readonly findings: readonly Finding[] }): readonly Finding[] {
  return 'findings' in result ? result.findings : [];
}

/** A finding in a body as a violation of the problem. */
export function representFinding({ path, detail }: Finding): ViolationRepresentation {
  return { pointer: pointerOf(path), detail };
}

/** Leaves out violations that say the same of the same place. */
export function distinct(violations: readonly ViolationRepresentation[]): ViolationRepresentation[] {
  return [...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values()];
}

/** Returns the keys that the schema has at a place, and the value there. */
type Place = (path: readonly PropertyKey[]) => { readonly known: readonly string[]; readonly value: unknown };

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
    value,
  );
}

function issueFindings(issue: Issue, place: Place): Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue, place(issue.path).known);
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: issue.path, detail: message }));
    case 'invalid_union':
      return unionFindings(issue, place);
    default:
      return [{ path: issue.path, detail: issue.message }];
  }
}

function unknownKeys({ keys, path }: Extract<Issue, { code: 'unrecognized_keys' }>, known: readonly string[]): Finding[] {
  return keys.map((key) => ({ path: [...path, key], detail: unknownKey(key, known) }));
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearestName(key, known);
  if (meant !== null) return `is not a known key: did you mean ${meant}?`;
  return known.length === 0 ? 'is not a known key' : `is not a known key; the keys here are ${[...new Set(known)].join(', ')}`;
}

/** Describes a value that fits no branch of a union by the violations of the nearest branch, which was probably meant. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, place: Place): Finding[] {
  if (issue.errors.length === 0) return [{ path: issue.path, detail: discriminatorDetail(issue, place(issue.path).value) }];
  if (issue.errors.every((branch) => branch.every(({ code, path }) => code === 'invalid_type' && path.length === 0))) {
    const expected = issue.errors.flatMap((branch) =>
      branch.flatMap((found) => (found.code === 'invalid_type' ? [namedType(found.expected)] : [])),
    );
    return [{ path: issue.path, detail: `must be ${[...new Set(expected)].join(' or ')}` }];
  }
  const nearest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
  const within: Place = (path) => place([...issue.path, ...path]);
  return withoutRepeats(nearest)
    .flatMap((inner) => issueFindings(inner, within))
    .map(({ path, detail }) => ({ path: [...issue.path, ...path], detail }));
}

function discriminatorDetail(issue: Extract<Issue, { code: 'invalid_union' }>, given: unknown): string {
  const options: unknown[] = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  if (options.length === 0) return issue.message;
  const got = typeof given === 'string' ? `, got ${JSON.stringify(given.slice(0, 80))}` : '';
  return `must be ${options.map((option) => JSON.stringify(option)).join(' or ')}${got}${didYouMean(given, options.map(String))}`;
}
