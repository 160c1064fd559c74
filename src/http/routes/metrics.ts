import { z } from 'zod';
import { HttpProblem } from '../http-problem.ts';
import { responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';

/** Adds the route of the metrics. */
export function metricRoutes(app: App, { metrics }: Pick<Services, 'metrics'>): void {
  const schema = {
    operationId: 'getMetrics',
    tags: ['operations'],
    summary: 'Get the metrics of this process',
    description:
      'In the text format of Prometheus, which scrapes it with a key of all projects as its bearer token. Trials, studies and steps are those of the database; requests, plans and lost leases those of this process since its start. `clavier_up` is 0 while the database does not answer.',
    querystring: noQuery,
    response: responses({ 200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } } }),
  };
  app.get('/metrics', { schema }, async ({ caller }, reply) => {
    if (!caller.everywhere) throw new HttpProblem('forbidden', 'the metrics are of all projects, and the key is of one');
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
}
