import type { FastifyBaseLogger } from 'fastify';
import { healthSchema } from '../api/service.ts';
import { checkCallers, newApp } from './base-app.ts';
import { defaultExposure } from './exposure.ts';
import { checkRequests } from './request-checks.ts';
import { json, responses } from './responses.ts';
import { metricRoutes } from './routes/metrics.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { App, Services } from './services.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { noQuery, validateParameters } from './validation.ts';

/** Dependencies of the application of a runner. */
export type RunnerServices = Pick<Services, 'access' | 'metrics' | 'version' | 'key' | 'isLocal'> & {
  readonly logger?: FastifyBaseLogger;
  readonly hosts: NonNullable<Services['hosts']>;
};

/** Builds the application of a process that is only a runner, without listening: its metrics and its health, under the API's rules of keys. */
export async function buildRunnerApp({ logger, ...services }: RunnerServices): Promise<App> {
  const app = newApp({ logger, key: services.key, proxies: new TrustedProxies([]) });
  addSecurityHeaders(app, null);
  checkRequests(app);
  const { requestsPerMinute } = defaultExposure;
  await checkCallers(app, services, { requestsPerMinute, sites: { ...services.hosts, publicUrl: null, corsOrigins: [] } });
  app.addHook('preValidation', validateParameters);
  metricRoutes(app, services);
  const schema = { querystring: noQuery, response: responses({ 200: json('It answers.', healthSchema) }) };
  app.get('/healthz', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' as const, version: services.version };
  });
  return app;
}
