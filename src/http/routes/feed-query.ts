import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { queryInteger } from '../../api/page.ts';
import { HttpProblem } from '../http-problem.ts';

const sequenceSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Query parameter of reads and streams of events. */
export const afterQuery = {
  after: queryInteger(sequenceSchema.optional()).describe(
    'Number of the last event that you have: those after it follow. Default: for a stream those from now on, otherwise the oldest that are kept.',
  ),
};

/** The header in the schema of a route with a stream. `lastEventOf` reads it. */
export const lastEventHeader = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .describe(
      'For a stream: the id of the last event that you got, as browsers send it when they connect again. It takes precedence over `after`.',
    ),
});

/** True if a request asks for a stream of events rather than for a page. */
export function wantsStream(request: FastifyRequest): boolean {
  return request.type(['application/json', 'text/event-stream']) === 'text/event-stream';
}

/**
 * The number of the last event that the client of a stream has; null: it names none.
 *
 * @throws HttpProblem `invalid-request`
 */
export function lastEventOf({ headers }: FastifyRequest, after: number | undefined): bigint | null {
  const sent = headers['last-event-id'];
  if (sent === undefined || sent === '') return after === undefined ? null : BigInt(after);
  const last = /^\d{1,15}$/.test(String(sent)) ? sequenceSchema.safeParse(Number(sent)) : null;
  if (last?.success) return BigInt(last.data);
  const detail = 'must be the id of an event, a whole number';
  throw new HttpProblem('invalid-request', `Last-Event-ID ${detail}`, [{ parameter: 'Last-Event-ID', detail }]);
}
