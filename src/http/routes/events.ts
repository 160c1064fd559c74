import { z } from 'zod';
import { eventPageSchema, representEvent } from '../../api/event.ts';
import { pageQuery } from '../../api/page.ts';
import { studyNotFound } from '../../studies/model/study.ts';
import type { Callers } from '../callers.ts';
import { keyOf, numberKey, pageResponse } from '../cursor.ts';
import { eventStream } from '../event-stream-answer.ts';
import type { EventStreams } from '../event-streams.ts';
import { HttpProblem } from '../http-problem.ts';
import { senderOf } from '../rate-limits.ts';
import { responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { variesBy } from '../vary.ts';
import { afterQuery, lastEventHeader, lastEventOf, wantsStream } from './feed-query.ts';
import { studyPath } from './parameters.ts';

/** Adds the route of the event log of a study, and of the stream of its events. */
export function eventRoutes(
  app: App,
  { reader, access }: Services,
  { streams, callers }: { readonly streams: EventStreams; readonly callers: Callers },
): void {
  const schema = {
    operationId: 'listEvents',
    tags: ['results'],
    summary: 'List or follow the events of a study',
    description:
      'Every change of the study in order, each with the hash of the event before. Results are logged when the search observes them, by ascending number. Empty for a study of a version that kept no log. With `Accept: text/event-stream` the answer is a stream of its events and those of its trials, as that of GET /v1/events; it ends when the study is deleted.',
    params: studyPath,
    querystring: z.strictObject({ ...pageQuery, ...afterQuery }),
    headers: lastEventHeader,
    response: responses(
      { 200: eventStream('A page of the log, or a stream of events.', eventPageSchema), 304: unchanged },
      'study-not-found',
      'invalid-cursor',
      'too-many-streams',
      'streams-busy',
    ),
  };
  app.get('/v1/studies/:studyId/events', { schema }, async (request, reply) => {
    const { query } = request;
    variesBy(reply, 'accept');
    if (wantsStream(request)) {
      const studyId = await knownStudy(access, request.params.studyId);
      if (query.cursor !== undefined) throw misplaced('cursor', 'is for pages of the log; a stream takes after');
      return streams.send(reply, {
        filter: { studyId },
        after: lastEventOf(request, query.after),
        sender: senderOf(request),
        mayRead: () => callers.stillMay(request, reply),
      });
    }
    const { id: studyId } = await foundStudy(reader, request.params.studyId);
    if (query.after !== undefined) throw misplaced('after', 'is for a stream of events; pages of the log take cursor');
    const scope = { list: `events of ${studyId}`, filters: {} };
    const page = await reader.events({ studyId, limit: query.limit, after: keyOf(query.cursor, scope, numberKey) });
    return pageResponse(page, scope, representEvent);
  });
}

/** The id of a study that there is. A stream needs no more of it, and thousands may be opened at once. @throws DomainError `study-not-found` */
async function knownStudy(access: Services['access'], studyId: string): Promise<string> {
  const id = studyId.toLowerCase();
  if ((await access.projectOf('study', id)) === null) throw studyNotFound(studyId);
  return id;
}

function misplaced(parameter: string, detail: string): HttpProblem {
  return new HttpProblem('invalid-request', `${parameter} ${detail}`, [{ parameter, detail }]);
}
