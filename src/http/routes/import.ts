import { studySchema } from '../../api/study.ts';
import { importStudy } from '../../studies/actions/import.ts';
import { importRequestSchema } from '../../studies/document/request.ts';
import { importFromBody } from '../import-body.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';

/** Size of the export of a study of 100,000 trials. Its values, about 30 for each trial, count against `importLimits`. */
export const importBodyBytes = 64 * 1_048_576;

/** Largest number of values in a body of that length that can still be checked within a second. */
export const importLimits = { values: 8_000_000 };

/** Adds the route that imports studies. */
export function importRoutes(app: App, { transactions, reader, planner }: Services): void {
  const schema = {
    operationId: 'importStudy',
    tags: ['studies'],
    summary: 'Import a study from its export',
    description:
      'Recreates the exported study in its last state. `budget` extends it; `fork` restarts it after its first results. The service first replays the search and compares it with the document; a document that contradicts its own definition and results is rejected, and nothing is stored. The results count as `imported`. The body may have up to 64 MiB.',
    querystring: noQuery,
    body: importRequestSchema,
    response: responses(
      { 201: json('The new study; the header Location has its address.', studySchema) },
      'invalid-document',
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/import', { schema, bodyLimit: importBodyBytes }, async (request, reply) => {
    const id = await importStudy(transactions, importFromBody(request.body), planner);
    return reply
      .code(201)
      .header('location', `/v1/studies/${id}`)
      .send(await viewStudy(reader, id));
  });
}
