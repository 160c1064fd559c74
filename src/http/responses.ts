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

/** What a read answers to whoever has its bytes already; see `tagResponse`. */
export const unchanged = noBody('Nothing changed since the answer with the ETag that If-None-Match names.');

/** Every operation can end so. */
const always: readonly ProblemCode[] = ['malformed-url', 'invalid-request', 'internal-error', 'service-unavailable'];

/** Any operation whose method lets a body come along can end so. */
export const bodyProblems: readonly ProblemCode[] = ['malformed-json', 'unsupported-media-type', 'payload-too-large'];

/** What an operation answers with: its success, and the problems that are named or that any operation has, by status. A success goes before a problem of the same status. */
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
