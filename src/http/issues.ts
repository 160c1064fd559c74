import type { z } from 'zod';
import { namedType, plainWording } from '../shared/schema-wording.ts';
import { pointerTo } from './json-violations.ts';

type Issue = z.core.$ZodIssue;

/** One violation of a schema: its place and a description. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Checks a value against a schema and describes the violations in plain words. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): { value: z.output<Schema> } | { findings: Finding[] } {
  const result = schema.safeParse(value, { error: plainWording });
  return result.success ? { value: result.data } : { findings: result.error.issues.flatMap(findingsOf) };
}

/** Formats a path as a JSON pointer. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((pointer, key) => pointerTo(pointer, typeof key === 'number' ? key : String(key)), '');
}

function findingsOf(issue: Issue): Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'is not a known key' }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: issue.path, detail: message }));
    case 'invalid_union':
      return unionFindings(issue);
    default:
      return [{ path: issue.path, detail: issue.message }];
  }
}

/** Describes a value that fits no branch of a union by the violations of the nearest branch, which was probably meant. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>): Finding[] {
  if (issue.errors.length === 0) return [{ path: issue.path, detail: discriminatorDetail(issue) }];
  if (issue.errors.every((branch) => branch.every(({ code, path }) => code === 'invalid_type' && path.length === 0))) {
    const expected = issue.errors.flatMap((branch) =>
      branch.flatMap((found) => (found.code === 'invalid_type' ? [namedType(found.expected)] : [])),
    );
    return [{ path: issue.path, detail: `must be ${[...new Set(expected)].join(' or ')}` }];
  }
  const nearest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
  return nearest.flatMap((inner) => findingsOf(inner)).map(({ path, detail }) => ({ path: [...issue.path, ...path], detail }));
}

function discriminatorDetail(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.length > 0 ? `must be ${options.map((option) => JSON.stringify(option)).join(' or ')}` : issue.message;
}
