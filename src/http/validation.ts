import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ViolationRepresentation } from '../api/problem.ts';
import { HttpProblem } from './http-problem.ts';
import { check } from './issues.ts';
import { routeNotFound } from './methods.ts';

/** The query of an operation without parameters: an unknown parameter is an error, never ignored. */
export const noQuery = z.strictObject({});

/** Named values of a request; none where there are no names. */
const namedValues = z.record(z.string(), z.unknown()).catch({});

/**
 * Checks the path and the query of a request together, so that one problem lists all their violations, and replaces the texts
 * by the parsed values. Each operation with a body checks it itself.
 *
 * @throws HttpProblem `invalid-request`
 */
export async function validateParameters(request: FastifyRequest): Promise<void> {
  const { params, querystring, body } = request.routeOptions.schema ?? {};
  // An empty id is an address that ends too early.
  if (Object.values(namedValues.parse(request.params)).includes('')) throw routeNotFound(request);
  const violations: ViolationRepresentation[] = [];
  if (params instanceof z.ZodType) request.params = checked(params, request.params, violations);
  if (querystring instanceof z.ZodType) {
    const withNull = unstorable(request.query);
    request.query = checked(querystring, request.query, violations);
    violations.push(...withNull.filter(({ parameter }) => violations.every((violation) => violation.parameter !== parameter)));
  }
  if (!body && !isEmpty(request.body)) violations.push({ pointer: '', detail: 'this operation takes no body' });
  if (violations.length > 0) throw new HttpProblem('invalid-request', violations.map(summary).slice(0, 5).join('; '), violations);
}

function checked(schema: z.ZodType, value: unknown, violations: ViolationRepresentation[]): unknown {
  const result = check(schema, value);
  if ('value' in result) return result.value;
  violations.push(...result.findings.map(({ path, detail }) => ({ parameter: String(path[0] ?? ''), detail })));
  return value;
}

/** Parameters that contain U+0000, which PostgreSQL cannot store or compare. */
function unstorable(query: unknown): ViolationRepresentation[] {
  return Object.entries(namedValues.parse(query))
    .filter(([, value]) => [value].flat().some((text) => typeof text === 'string' && text.includes('\u0000')))
    .map(([parameter]) => ({ parameter, detail: 'contains the character U+0000' }));
}

function summary({ parameter, detail }: ViolationRepresentation): string {
  return parameter === undefined ? detail : `${parameter} ${detail}`;
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
}
