import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { matchesTag, tagOf } from './etag.ts';
import { HttpProblem } from './http-problem.ts';

/** The header in the schema of a route that changes a resource. `matchedVersion` reads it. */
export const ifMatchHeader = z.object({
  'If-Match': z
    .string()
    .optional()
    .describe(
      'The ETag of the resource as you read it, a list of them, or `*`. Nothing changes if the resource has another ETag now (412): read it again. The progress of an active resource changes its ETag too.',
    ),
});

/** A resource that a request changes. */
interface Matched {
  readonly what: 'study' | 'campaign';
  /** Reads the version of its row. */
  readonly version: () => Promise<number>;
  /** Reads its representation, whose bytes the ETag of a read is made from. */
  readonly view: () => Promise<object>;
}

/**
 * The version of the resource whose ETag the header If-Match names; null if any version will do. The version is read first: if the
 * resource changes between the two reads, the change of this request is refused under the lock.
 *
 * @throws HttpProblem `precondition-failed` if the resource has another ETag
 */
export async function matchedVersion({ headers }: FastifyRequest, { what, version, view }: Matched): Promise<number | null> {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted.trim() === '*') return null;
  const before = await version();
  if (matchesTag(wanted, tagOf(JSON.stringify(await view())))) return before;
  throw new HttpProblem('precondition-failed', `the ${what} has changed: If-Match does not name the ETag that it has now; read it again`);
}
