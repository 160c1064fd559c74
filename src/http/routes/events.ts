import { z } from 'zod';
import { eventPageSchema, representEvent } from '../../api/event.ts';
import { pageQuery } from '../../api/page.ts';
import { keyOf, numberKey, pageResponse } from '../cursor.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { studyPath } from './parameters.ts';

/** Adds the route of the event log of a study. */
export function eventRoutes(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'listEvents',
    tags: ['results'],
    summary: 'List the events of a study',
    description:
      'Every change of the study in order, each with the hash of the event before. Results are logged when the search observes them, by ascending number. Empty for a study of a version that kept no log.',
    params: studyPath,
    querystring: z.strictObject(pageQuery),
    response: responses({ 200: json('A page of events.', eventPageSchema), 304: unchanged }, 'study-not-found', 'invalid-cursor'),
  };
  app.get('/v1/studies/:studyId/events', { schema }, async (request) => {
    const { id: studyId } = await foundStudy(reader, request.params.studyId);
    const scope = { list: `events of ${studyId}`, filters: {} };
    const page = await reader.events({ studyId, limit: request.query.limit, after: keyOf(request.query.cursor, scope, numberKey) });
    return pageResponse(page, scope, representEvent);
  });
}
