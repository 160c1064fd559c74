import { studySchema } from '../../api/study.ts';
import { importStudy } from '../../studies/actions/import.ts';
import { importRequestSchema } from '../../studies/document/request.ts';
import { bodyLimits, inMebibytes } from '../body-limits.ts';
import { importFromBody } from '../import-body.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { viewStudy } from '../study-view.ts';
import { noQuery } from '../validation.ts';

/** Makes studies of exports. */
export function importRoutes(app: App, { transactions, reader, planner }: Services): void {
  const schema = {
    operationId: 'importStudy',
    tags: ['studies'],
    summary: 'Make a study of an export',
    description: `The study as it was: ended, or to go on where it stood; with \`budget\`, to go on further; with \`fork\`, from its first results on. Everything but the results is searched again and compared first: a document that says otherwise than its own definition and results is refused, and nothing is stored. Its results count as \`imported\`. The body has at most ${inMebibytes(bodyLimits.import)}.`,
    querystring: noQuery,
    body: importRequestSchema,
    response: responses(
      { 201: json('The study as it was made; the header Location has its address.', studySchema) },
      'invalid-document',
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/import', { schema, bodyLimit: bodyLimits.import }, async (request, reply) => {
    const id = await importStudy(transactions, importFromBody(request.body), planner);
    return reply
      .code(201)
      .header('location', `/v1/studies/${id}`)
      .send(await viewStudy(reader, id));
  });
}
