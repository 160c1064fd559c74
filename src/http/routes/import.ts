import { studySchema } from '../../api/study.ts';
import { importStudy } from '../../studies/actions/import.ts';
import { importRequestSchema } from '../../studies/document/request.ts';
import { importFromBody } from '../import-body.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';

/** The export of a study of 100,000 trials; its values (a trial has some 30) are counted against `importLimits`. */
export const importBodyBytes = 64 * 1_048_576;

/** What a body of that length can hold at most, and still be looked over in a second. */
export const importLimits = { values: 8_000_000 };

/** Makes studies of exports. */
export function importRoutes(app: App, { transactions, reader, planner }: Services): void {
  const schema = {
    operationId: 'importStudy',
    tags: ['studies'],
    summary: 'Make a study of an export',
    description:
      'The study as it was: ended, or to go on where it stood; with `budget`, to go on further; with `fork`, from its first results on. Everything but the results is searched again and compared first: a document that says otherwise than its own definition and results is refused, and nothing is stored. Its results count as `imported`. The body may have 64 MiB.',
    querystring: noQuery,
    body: importRequestSchema,
    response: responses(
      { 201: json('The study as it was made; the header Location has its address.', studySchema) },
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
