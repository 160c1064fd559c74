import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { queryInteger } from '../api/page.ts';
import { isEnded, type StudyState } from '../studies/model/states.ts';
import type { ChangeWatch } from './change-watch.ts';
import { isKnown } from './etag.ts';

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
  const first = await read();
  const text = JSON.stringify(first);
  const { wait } = request.query;
  const isNews = request.headers['if-none-match'] !== undefined && !isKnown(request, text);
  const resource = wait === 0 || isEnded(first.state) || isNews ? first : await changed();
  if (watch.isStopping) reply.header('connection', 'close');
  if (resource.state === 'active' || resource.state === 'paused') reply.header('retry-after', String(pollSeconds[resource.state]));
  return resource;

  async function changed(): Promise<Resource> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const address = request.url.split('?', 1)[0] ?? request.url;
    await watch.changed(address, async () => JSON.stringify(await read()), text, wait * 1000, gone.signal);
    return watch.sharedRead(address, read);
  }
}
