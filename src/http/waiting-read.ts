import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { queryInteger } from '../api/page.ts';
import { isEnded, type StudyState } from '../studies/model/states.ts';
import type { ChangeWatch } from './change-watch.ts';
import { matchesTag, tagOf } from './etag.ts';

/** Query of a resource whose changes can be waited for. */
export const waitQuery = z.strictObject({
  wait: queryInteger(z.int().min(0).max(60).default(0)).describe(
    'Seconds to wait for a change, 0 to 60: the response comes as soon as the resource differs from the one that If-None-Match names (without it: from what it is when the request arrives), or has ended, and at the latest after this time. A busy or stopping service may answer earlier.',
  ),
});

/** Seconds between two reads that are recommended to a client, by state. A client that waits needs no pause. */
const pollSeconds = { active: 2, paused: 30 };

/**
 * Reads a resource, and again when it has changed if the request waits for that. The header Retry-After recommends when to read a
 * resource that has not ended again.
 */
export async function readOrWait<Resource extends { readonly state: StudyState }>(
  request: FastifyRequest<{ Querystring: z.output<typeof waitQuery> }>,
  reply: FastifyReply,
  { watch, read }: { readonly watch: ChangeWatch; readonly read: () => Promise<Resource> },
): Promise<Resource> {
  const { wait } = request.query;
  const resource = await (wait === 0 ? read() : readChanged(request, reply, { watch, read }));
  if (watch.isStopping) reply.header('connection', 'close');
  if (resource.state === 'active' || resource.state === 'paused') reply.header('retry-after', String(pollSeconds[resource.state]));
  return resource;
}

/** Reads a resource, and again once it has changed, unless it has ended or the client knows another state of it. */
async function readChanged<Resource extends { readonly state: StudyState }>(
  { url, query, headers }: FastifyRequest<{ Querystring: z.output<typeof waitQuery> }>,
  reply: FastifyReply,
  { watch, read }: { readonly watch: ChangeWatch; readonly read: () => Promise<Resource> },
): Promise<Resource> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort()); // before the first read, during which the client can leave
  const first = await read();
  const tag = tagOf(JSON.stringify(first));
  const differsFromKnown = headers['if-none-match'] !== undefined && !matchesTag(headers['if-none-match'], tag);
  if (isEnded(first.state) || differsFromKnown) return first;
  const address = url.split('?', 1)[0] ?? url;
  await watch.changed(address, async () => tagOf(JSON.stringify(await read())), tag, query.wait * 1000, gone.signal);
  return gone.signal.aborted ? first : watch.sharedRead(address, read);
}
