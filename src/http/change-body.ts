import type { z } from 'zod';
import { countedErrors } from '../shared/counted.ts';
import { HttpProblem } from './http-problem.ts';
import { check, representFinding } from './issues.ts';

/**
 * Reads the body of a request that changes a study or campaign.
 *
 * @throws HttpProblem `invalid-change` that lists every violation
 */
export function changeFromBody<Schema extends z.ZodType>(what: 'study' | 'campaign', schema: Schema, body: unknown): z.output<Schema> {
  const result = check(schema, body ?? {});
  if ('value' in result) return result.value;
  const { findings } = result;
  const detail = `the ${what} cannot be changed like this: the request has ${countedErrors(findings)}`;
  throw new HttpProblem('invalid-change', detail, findings.map(representFinding));
}
