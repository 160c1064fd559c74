import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FaultRepresentation } from '../api/problem.ts';
import { check } from './issues.ts';
import { Refusal } from './refusal.ts';

/** The query of an operation that takes none: a mistyped parameter is a fault, never silence. */
export const noQuery = z.strictObject({});

/**
 * Checks the path and the query of a request together, so that one problem names all their faults, and puts the
 * checked values in place of the texts. Bodies are checked by the one operation that takes one.
 *
 * @throws Refusal `invalid-request`
 */
export async function validateParameters(request: FastifyRequest): Promise<void> {
  const { params, querystring, body } = request.routeOptions.schema ?? {};
  const faults: FaultRepresentation[] = [];
  if (params instanceof z.ZodType) request.params = checked(params, request.params, faults);
  if (querystring instanceof z.ZodType) request.query = checked(querystring, request.query, faults);
  if (!body && !isEmpty(request.body)) faults.push({ pointer: '', detail: 'this operation takes no body' });
  if (faults.length > 0) throw new Refusal('invalid-request', faults.map(summary).slice(0, 5).join('; '), faults);
}

function checked(schema: z.ZodType, value: unknown, faults: FaultRepresentation[]): unknown {
  const result = check(schema, value);
  if ('value' in result) return result.value;
  faults.push(...result.findings.map(({ path, detail }) => ({ parameter: String(path[0] ?? ''), detail })));
  return value;
}

function summary({ parameter, detail }: FaultRepresentation): string {
  return parameter === undefined ? detail : `${parameter} ${detail}`;
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0);
}
