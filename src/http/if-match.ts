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
      'The ETag of the resource as you read it, a list of them, or `*`. Nothing changes if the resource has another ETag now (412): read it again. What changes by itself changes its ETag too: the progress of a study or campaign, the deliveries of a webhook, the usage of a project.',
    ),
});

/** A resource that a request changes. */
interface Matched<Version> {
  readonly what: 'study' | 'campaign' | 'webhook' | 'project';
  /** Reads the version of its row, or the row itself if it has none. */
  readonly version: () => Promise<Version>;
  /** Reads its representation, whose bytes the ETag of a read is made from. */
  readonly view: () => Promise<object>;
}

/**
 * The version of the resource whose ETag the header If-Match names; null if any version will do. The version is read first: if the
 * resource changes between the two reads, the change of this request is refused under the lock.
 *
 * @throws HttpProblem `precondition-failed` if the resource has another ETag
 */
export async function matchedVersion<Version>(
  { headers }: FastifyRequest,
  { what, version, view }: Matched<Version>,
): Promise<Version | null> {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted.trim() === '*') return null;
  const before = await version();
  if (matchesTag(wanted, tagOf(JSON.stringify(await view())))) return before;
  throw new HttpProblem('precondition-failed', `the ${what} has changed: If-Match does not name the ETag that it has now; read it again`);
}

/** The problem of a resource that changed after `matchedVersion` had read it. */
export function changedMeanwhile(what: 'webhook' | 'project'): HttpProblem {
  return new HttpProblem('precondition-failed', `the ${what} has changed while the request was carried out; read it again`);
}
