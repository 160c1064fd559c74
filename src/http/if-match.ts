import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { matchesEditable, matchesTag, tagOf } from './etag.ts';
import { HttpProblem } from './http-problem.ts';

/** The header in the schema of a route that changes a resource. `matchedVersion` reads it. */
export const ifMatchHeader = z.object({
  'If-Match': z
    .string()
    .optional()
    .describe(
      'The ETag of the resource as you read it, a list of them, or `*`. Nothing changes if the resource has another ETag now (412): read it again. The progress of a study or campaign counts; the deliveries of a webhook and the usage of a project do not.',
    ),
});

/** A resource that a request changes, and any part of which counts. */
interface Matched<Version> {
  readonly what: 'study' | 'campaign';
  /** Reads the version of its row. */
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
  throw hasChanged(what);
}

/**
 * The editable part of a resource of which other parts change by themselves, if the header If-Match names it; null if any will do.
 *
 * @throws HttpProblem `precondition-failed` if it has been edited since
 */
export function matchedEditable<Editable extends object>(
  { headers }: FastifyRequest,
  what: 'webhook' | 'project',
  editable: Editable,
): Editable | null {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted.trim() === '*') return null;
  if (matchesEditable(wanted, editable)) return editable;
  throw hasChanged(what);
}

function hasChanged(what: string): HttpProblem {
  return new HttpProblem('precondition-failed', `the ${what} has changed: If-Match does not name the ETag that it has now; read it again`);
}

/** The problem of a resource that was edited after `matchedEditable` had compared it. */
export function changedMeanwhile(what: 'webhook' | 'project'): HttpProblem {
  return new HttpProblem('precondition-failed', `the ${what} has changed while the request was carried out; read it again`);
}
