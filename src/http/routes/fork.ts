import { studySchema } from '../../api/study.ts';
import { forkStudy } from '../../studies/actions/fork.ts';
import { forkRequestSchema } from '../../studies/document/request.ts';
import { createdOnce } from '../created-once.ts';
import { forkFromBody } from '../fork-body.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { bodyProblems, json, quotaProblems, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';
import { studyPath } from './parameters.ts';

/** Adds the route that forks a study. */
export function forkRoutes(app: App, services: Services): void {
  const schema = {
    operationId: 'forkStudy',
    tags: ['studies'],
    summary: 'Fork a study',
    description:
      'Creates a study that keeps the first results of this one, running or ended, and continues from there. The same as an import of its export with `fork`, without the download: the search is replayed and compared first, and the results count as `imported`. The study itself does not change.',
    params: studyPath,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: forkRequestSchema,
    response: responses(
      { 201: json('The fork; the header Location has its address.', studySchema) },
      'study-not-found',
      'invalid-fork',
      'key-reused',
      ...quotaProblems,
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/:studyId/fork', { schema }, async (request, reply) => {
    const options = forkFromBody(request.body);
    return createdOnce(request, reply, services, {
      collection: '/v1/studies',
      create: (transactions) => forkStudy({ ...services, transactions }, request.params.studyId, options),
      view: (id) => viewStudy(services, id),
    });
  });
}
