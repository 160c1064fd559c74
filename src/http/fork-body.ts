import type { ViolationRepresentation } from '../api/problem.ts';
import { countedErrors } from '../shared/counted.ts';
import { type ForkOptions, forkRequestSchema } from '../studies/document/request.ts';
import { HttpProblem } from './http-problem.ts';
import { check, representFinding } from './issues.ts';

/**
 * Reads a request for a fork. The results of the study decide later whether they can be kept.
 *
 * @throws HttpProblem `invalid-fork` that lists every violation
 */
export function forkFromBody(body: unknown): ForkOptions {
  if (body === undefined || body === null)
    throw invalidFork([{ pointer: '', detail: 'the body must be an object with generation or trials, the results to keep' }]);
  const result = check(forkRequestSchema, body);
  if ('value' in result) return result.value;
  throw invalidFork(result.findings.map(representFinding));
}

function invalidFork(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem('invalid-fork', `the study cannot be forked: the request has ${countedErrors(violations)}`, violations);
}
