import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ComparisonRepresentation, comparedAtLeast, comparedAtMost, comparisonSchema } from '../../api/comparison.ts';
import { representComparison } from '../../api/comparison-representation.ts';
import { comparedStudies } from '../../campaigns/reporting/comparison.ts';
import { pagePolicy } from '../../report/html-page.ts';
import { HttpProblem } from '../http-problem.ts';
import { responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { variesBy } from '../vary.ts';

const compareQuery = z.strictObject({
  study: z
    .preprocess(
      // A parameter that is given once is a text.
      (value) => (value === undefined ? [] : [value].flat()),
      z
        .array(z.uuid('must be a UUID'))
        .min(comparedAtLeast, `must be given at least ${comparedAtLeast} times: study=…&study=…`)
        .max(comparedAtMost, `must be given at most ${comparedAtMost} times`)
        .refine((ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length, 'must name each study once'),
    )
    .describe(`Id of a study, ${comparedAtLeast} to ${comparedAtMost} times: \`study=…&study=…\`.`),
});

const html = { 'text/html': { schema: z.string() } };
const description =
  'The studies side by side: rank, best trial, costs, the best value so far against charged trials and steps, and the differences of the definitions. They must optimise the same metric of the same objective in the same direction and on the same task (dataset or function), because other values do not compare. It can be read while they run.';

/** Adds the routes that compare studies, as JSON and as a page. */
export function compareRoutes(app: App, { reader }: Services): void {
  const read = async (studies: readonly string[]): Promise<ComparisonRepresentation> => {
    const comparison = await comparedStudies(reader, studies);
    if ('compared' in comparison) return representComparison(comparison.compared);
    const reason = comparison.incomparable;
    throw new HttpProblem('not-comparable', reason, [{ parameter: 'study', detail: reason }]);
  };
  const shared = { tags: ['results'], querystring: compareQuery };
  const answer = {
    description: 'The comparison as JSON, or as a page if the header Accept prefers text/html.',
    content: { 'application/json': { schema: comparisonSchema }, ...html },
  };
  const compare = {
    ...shared,
    operationId: 'compareStudies',
    summary: 'Compare studies',
    description,
    response: responses({ 200: answer, 304: unchanged }, 'study-not-found', 'not-comparable'),
  };
  app.get('/v1/compare', { schema: compare }, async (request, reply) => {
    const comparison = await read(request.query.study);
    variesBy(reply, 'accept');
    return request.type(['json', 'html']) === 'html' ? sendPage(reply, comparison) : reply.send(comparison);
  });
  const page = {
    ...shared,
    operationId: 'getComparisonPage',
    summary: 'Compare studies on a page',
    response: responses(
      { 200: { description: 'The comparison as one self-contained HTML page.', content: html }, 304: unchanged },
      'study-not-found',
      'not-comparable',
    ),
  };
  app.get('/v1/compare.html', { schema: page }, async (request, reply) => sendPage(reply, await read(request.query.study)));
}

/** Sends the comparison as a page; the first page loads the plot libraries. */
async function sendPage(reply: FastifyReply, comparison: ComparisonRepresentation): Promise<FastifyReply> {
  const { comparisonPage } = await import('../../report/comparison-page.ts');
  return reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(comparisonPage(comparison));
}
