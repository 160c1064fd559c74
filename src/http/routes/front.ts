import { z } from 'zod';
import { paretoFrontSchema, representFront } from '../../api/front.ts';
import { queryInteger } from '../../api/page.ts';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import { bestTrial } from '../../studies/ports/best-trial.ts';
import { HttpProblem } from '../http-problem.ts';
import { json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { foundStudy } from '../study-view.ts';
import { studyPath } from './parameters.ts';

const frontQuery = z.strictObject({
  limit: queryInteger(z.int().min(1).max(200).default(50)).describe('Largest number of trials, 1 to 200.'),
  reference: z
    .string()
    .max(200)
    .regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?(,-?\d+(\.\d+)?([eE][-+]?\d+)?)*$/, 'must be numbers, separated by commas')
    .optional()
    .describe(
      'Reference point of the hypervolume: a number for each metric, in the order of the study, such as `0.5,300`. Default: the worst values of the trials.',
    ),
});

/** Adds the route of the front of a study. */
export function frontRoutes(app: App, { reader }: Services): void {
  const schema = {
    operationId: 'getFront',
    tags: ['results'],
    summary: 'Get the Pareto front of a study with several metrics',
    params: studyPath,
    querystring: frontQuery,
    response: responses({ 200: json('The front.', paretoFrontSchema), 304: unchanged }, 'study-not-found'),
  };
  app.get('/v1/studies/:studyId/front', { schema }, async (request) => {
    const { limit, reference } = request.query;
    const study = await foundStudy(reader, request.params.studyId);
    const front = await reader.paretoFront(study.id, { limit, reference: referenceOf(study.spec, reference) });
    if (front) return representFront(front);
    const best = await bestTrial(reader, study);
    const trials = best ? [best] : [];
    return representFront({ metrics: study.spec.metrics, size: trials.length, trials, hypervolume: null, reference: null });
  });
}

/** @throws HttpProblem `invalid-request` if the point has another number of values than the study has metrics */
function referenceOf({ metrics }: ResolvedSpec, text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const values = text.split(',').map(Number);
  if (values.length === metrics.length && values.every(Number.isFinite)) return values;
  const detail = `must be ${metrics.length} finite ${metrics.length === 1 ? 'number' : 'numbers'}, for ${metrics.map(({ name }) => name).join(', ')}`;
  throw new HttpProblem('invalid-request', `reference ${detail}`, [{ parameter: 'reference', detail }]);
}
