import { studySchema } from '../../api/study.ts';
import { importStudy } from '../../studies/actions/import.ts';
import { importRequestSchema } from '../../studies/document/request.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import { createdOnce } from '../created-once.ts';
import { idempotencyKeyHeader } from '../idempotency-key.ts';
import { importFromBody } from '../import-body.ts';
import { bodyProblems, json, quotaProblems, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';

/** Adds the route that imports studies. */
export function importRoutes(app: App, services: Services): void {
  const schema = {
    operationId: 'importStudy',
    tags: ['studies'],
    summary: 'Import a study from its export',
    description: `Recreates the exported study in its last state. \`budget\` extends it; \`fork\` restarts it after its first results. The service first replays the search and compares it with the document; a document that contradicts its own definition and results is rejected, and nothing is stored. The results count as \`imported\`. The body may have up to ${inMebibytes(bodyLimits.import)}.`,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: importRequestSchema,
    response: responses(
      { 201: json('The new study; the header Location has its address.', studySchema) },
      'invalid-document',
      'key-reused',
      ...quotaProblems,
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/import', { schema, bodyLimit: bodyLimits.import }, async (request, reply) => {
    const document = importFromBody(request.body);
    return createdOnce(request, reply, services, {
      collection: '/v1/studies',
      create: (transactions) => importStudy(transactions, document, services.planner),
      view: (id) => viewStudy(services, id),
    });
  });
}
