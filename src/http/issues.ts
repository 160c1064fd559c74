import type { z } from 'zod';
import { namedType, plainWording } from '../shared/schema-wording.ts';
import { nearestName } from '../shared/suggestion.ts';
import { pointerTo } from './json-violations.ts';
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
  const known = (path: readonly PropertyKey[]) => knownKeys(schema, value, path);
  return { findings: withoutRepeats(result.error.issues).flatMap((issue) => findingsOf(issue, known)) };
}

/** Of two limits that one value breaks, the narrower one; schemas of whole numbers have a limit of their own. */
function withoutRepeats(issues: readonly Issue[]): Issue[] {
  const isRepeat = (issue: Issue, index: number): boolean =>
    (issue.code === 'too_big' || issue.code === 'too_small') &&
    issues.some((other, place) => place > index && other.code === issue.code && pointerOf(other.path) === pointerOf(issue.path));
  return issues.filter((issue, index) => !isRepeat(issue, index));
}

/** Formats a path as a JSON pointer. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((pointer, key) => pointerTo(pointer, typeof key === 'number' ? key : String(key)), '');
}

/** @param known returns the keys that the schema has at a place */
function findingsOf(issue: Issue, known: (path: readonly PropertyKey[]) => string[]): Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], detail: unknownKey(key, known(issue.path)) }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: issue.path, detail: message }));
    case 'invalid_union':
      return unionFindings(issue, known);
    default:
      return [{ path: issue.path, detail: issue.message }];
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearestName(key, known);
  if (meant !== null) return `is not a known key: did you mean ${meant}?`;
  return known.length === 0 ? 'is not a known key' : `is not a known key; the keys here are ${[...new Set(known)].join(', ')}`;
}

/** Describes a value that fits no branch of a union by the violations of the nearest branch, which was probably meant. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, known: (path: readonly PropertyKey[]) => string[]): Finding[] {
  if (issue.errors.length === 0) return [{ path: issue.path, detail: discriminatorDetail(issue) }];
  if (issue.errors.every((branch) => branch.every(({ code, path }) => code === 'invalid_type' && path.length === 0))) {
    const expected = issue.errors.flatMap((branch) =>
      branch.flatMap((found) => (found.code === 'invalid_type' ? [namedType(found.expected)] : [])),
    );
    return [{ path: issue.path, detail: `must be ${[...new Set(expected)].join(' or ')}` }];
  }
  const nearest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
  const within = (path: readonly PropertyKey[]) => known([...issue.path, ...path]);
  return nearest.flatMap((inner) => findingsOf(inner, within)).map(({ path, detail }) => ({ path: [...issue.path, ...path], detail }));
}

function discriminatorDetail(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.length > 0 ? `must be ${options.map((option) => JSON.stringify(option)).join(' or ')}` : issue.message;
}
