import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { defaultProject } from '../access/project.ts';
import { canonicalText } from '../shared/digest.ts';
import { HttpProblem } from './http-problem.ts';

/** Tells the clients of a service apart: those of different keys, and of different projects without a key. */
export function callerName({ caller: { keyId, project } }: FastifyRequest): string {
  const owner = project === defaultProject ? '' : project;
  return keyId === null ? owner : `${owner} ${keyId}`;
}

/** The key, bare or as a quoted string. */
const keyPattern = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/** The header in the schema of a route that carries out a request once under a key. `keyOf` reads it. */
export const idempotencyKeyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    .optional()
    .describe(
      'A text of your own, such as a UUID, that stands for this request: sent again with the same key within a day, it creates nothing more, and is answered with what the first one created or gave out.',
    ),
});

/**
 * The header Idempotency-Key of a request; null if it has none.
 *
 * @throws HttpProblem `invalid-request` if it is no key
 */
export function keyOf({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  const [, quoted, bare] = keyPattern.exec(String(given)) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  const detail = 'must have 1 to 255 visible ASCII characters without quotation marks and backslashes inside, such as a UUID';
  throw new HttpProblem('invalid-request', `Idempotency-Key ${detail}`, [{ parameter: 'Idempotency-Key', detail }]);
}

/**
 * The token that follows from a request with a key: a UUID of version 8, as hard to guess as the key. The same request of the same caller
 * again has the same token; one with another route or body has another.
 *
 * @param index tells the tokens of one request apart
 */
export function tokenOf(request: FastifyRequest, key: string, index: number): string {
  const digest = createHash('sha256')
    .update(canonicalText([callerName(request), request.url, request.body ?? null, key, index]))
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
