import type { z } from 'zod';
import type { ViolationRepresentation } from '../api/problem.ts';
import { countedErrors } from '../shared/counted.ts';
import { HttpProblem } from './http-problem.ts';
import { check, representFinding } from './issues.ts';

/**
 * Reads the body of a request, which must have one, also where each of its members may be left out.
 *
 * @throws HttpProblem `invalid-request` that lists every violation
 */
export function workerBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = check(schema, body ?? {});
  if ('value' in result && !isMissing(body)) return result.value;
  if ('value' in result) throw invalidBody([{ pointer: '', detail: 'must be an object' }]);
  throw invalidBody(result.findings.map(representFinding));
}

function isMissing(body: unknown): boolean {
  return body === undefined || body === null;
}

/** The problem of a body with these violations. */
export function invalidBody(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem('invalid-request', `the body has ${countedErrors(violations)}`, violations);
}
