import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { projectNameSchema } from '../../access/project.ts';
import { feedEventTypeSchema, feedPageSchema, representFeedEvent } from '../../api/feed-event.ts';
import { pageQuery } from '../../api/page.ts';
import type { EventFilter } from '../../events/event.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import type { Callers } from '../callers.ts';
import { eventStream } from '../event-stream-answer.ts';
import type { EventStreams } from '../event-streams.ts';
import { HttpProblem } from '../http-problem.ts';
import { senderOf } from '../rate-limits.ts';
import { responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { variesBy } from '../vary.ts';
import { afterQuery, lastEventHeader, lastEventOf, wantsStream } from './feed-query.ts';
import { repeated } from './list-query.ts';

const everyProject = '*';
const everyProjectSchema = describedEnum([everyProject], { [everyProject]: 'those of all projects, for a key of all.' });

const feedQuery = z.strictObject({
  project: z
    .union([everyProjectSchema, projectNameSchema], { error: 'must be * or the name of a project' })
    .optional()
    .describe(
      'Project whose events you want, or `*` for those of all; a key of one project may only name its own. Default: that of the request.',
    ),
  study: z.uuid('must be a UUID').optional().describe('Only events of this study.'),
  type: repeated(feedEventTypeSchema).describe('Only events of this type; repeat the parameter for several types.'),
  limit: pageQuery.limit,
  ...afterQuery,
});

/** Adds the route of the events of all studies and campaigns. */
export function feedRoutes(
  app: App,
  { feed }: Services,
  { streams, callers }: { readonly streams: EventStreams; readonly callers: Callers },
): void {
  const schema = {
    operationId: 'listAllEvents',
    tags: ['events'],
    summary: 'Read or follow the events of all studies and campaigns',
    description:
      'The events of the logs of studies, and those of trials and campaigns, in one order that never changes afterwards; those of one study are in the order in which they happened. With `Accept: text/event-stream` the answer is a stream that does not end: each event once, with its number as `id`, its type as `event`, and as `data` what a page has. A client that connects again sends the last id as Last-Event-ID and misses nothing. A stream begins with the number from which it goes on, and has a comment and that number while nothing happens. Events are kept for some days (CLAVIER_EVENT_DAYS): if some of those after Last-Event-ID are gone, an event `gap` says so; the logs of studies keep theirs. A client that takes nothing for 30 seconds is cut off.',
    querystring: feedQuery,
    headers: lastEventHeader,
    response: responses(
      { 200: eventStream('Events in order, as a page or as a stream.', feedPageSchema) },
      'study-not-found',
      'too-many-streams',
      'streams-busy',
    ),
  };
  app.get('/v1/events', { schema }, async (request, reply) => {
    const { query } = request;
    const filter = filterOf(request, query);
    variesBy(reply, 'accept');
    if (wantsStream(request))
      return streams.send(reply, {
        filter,
        after: lastEventOf(request, query.after),
        sender: senderOf(request),
        mayRead: () => callers.stillMay(request, reply),
      });
    const after = BigInt(query.after ?? 0);
    const [page, isComplete] = [await feed.read(after, filter, query.limit), query.after === undefined || (await feed.isComplete(after))];
    const { events, position, isLast } = page;
    return reply
      .header('cache-control', 'no-store')
      .send({ items: events.map(representFeedEvent), position: Number(position), isLast, isComplete });
  });
}

/** @throws HttpProblem `forbidden` for the project of others */
function filterOf({ caller }: FastifyRequest, { project, study, type }: z.output<typeof feedQuery>): EventFilter {
  const wanted = project ?? caller.project;
  if (!caller.everywhere && wanted !== caller.project) throw new HttpProblem('forbidden', `the key is of the project ${caller.project}`);
  return {
    ...(wanted !== everyProject && { project: wanted }),
    ...(study !== undefined && { studyId: study.toLowerCase() }),
    ...(type !== undefined && { types: type }),
  };
}
