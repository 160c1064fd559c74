import type { z } from 'zod';
import { formFor } from './counted.ts';
import { didYouMean } from './suggestion.ts';

/** Rewords issues that zod words unclearly, for the `error` option of a parse. The wording of a schema itself takes precedence. */
export function plainWording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${namedType(issue.expected)}, got ${shown(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, got ${shown(issue.input)}${didYouMean(issue.input, textsOf(issue.values))}`;
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum, issue.input);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum, issue.input);
    default:
      return undefined;
  }
}

function textsOf(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

const names: Readonly<Record<string, string>> = {
  int: 'a whole number (up to 2^53 − 1)',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

/** Names a zod type in the API's words. */
export function namedType(expected: string): string {
  return names[expected] ?? expected;
}

/** The units of limits on lengths rather than values, by the type of the value. */
const units: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

function limit(origin: string, relation: string, bound: number | bigint, input: unknown): string {
  const unit = units[origin];
  if (unit !== undefined) return `must have ${relation} ${bound} ${formFor(Number(bound), unit)}`;
  return `must be ${relation} ${bound}${typeof input === 'number' ? `, got ${input}` : ''}`;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'an object';
  const text = JSON.stringify(input) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
