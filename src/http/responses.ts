import { z } from 'zod';
import { type ProblemCode, problemSchema } from '../api/problem.ts';
import { problemKinds } from './problems.ts';

interface JsonResponse<Schema extends z.ZodType> {
  readonly description: string;
  readonly content: { readonly 'application/json': { readonly schema: Schema } };
}

/** A response in JSON. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema): JsonResponse<Schema> {
  return { description, content: { 'application/json': { schema } } };
}

/** A response without a body. */
export function noBody(description: string): z.ZodType {
  return z.undefined().meta({ description });
}

/** The 304 of a read; see `tagResponse`. */
export const unchanged = noBody('Nothing has changed since the response with the ETag in If-None-Match.');

/** Problems of every operation. */
const always: readonly ProblemCode[] = [
  'unauthorized',
  'forbidden',
  'project-not-found',
  'malformed-url',
  'invalid-request',
  'rate-limited',
  'headers-too-large',
  'internal-error',
  'unreadable-record',
  'service-unavailable',
];

/** Problems of every operation whose method allows a body. */
export const bodyProblems: readonly ProblemCode[] = ['malformed-json', 'unsupported-media-type', 'payload-too-large'];

/** Problems of every operation that creates studies or trials in a project. */
export const quotaProblems: readonly ProblemCode[] = ['quota-exceeded', 'project-erasing'];

/** Describes the responses of an operation by status: its successes, the given problems and those of every operation. For one status, a success takes precedence over a problem. */
export function responses(success: Readonly<Record<number, unknown>>, ...codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes, ...always])
    byStatus.set(problemKinds[code].status, [...(byStatus.get(problemKinds[code].status) ?? []), code]);
  const refusals = [...byStatus].map(([status, together]) => [String(status), refusal(together)] as const);
  return { ...Object.fromEntries(refusals), ...success };
}

function refusal(codes: readonly ProblemCode[]) {
  const description = codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' ');
  return { description, content: { 'application/problem+json': { schema: problemSchema } } };
}
