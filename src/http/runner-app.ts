import type { FastifyBaseLogger } from 'fastify';
import { redaction } from '../access/redaction.ts';
import { healthSchema } from '../api/service.ts';
import { Belongings, checkAccess } from './access-checks.ts';
import { newApp } from './app.ts';
import { Callers } from './callers.ts';
import { answerError } from './errors.ts';
import { defaultExposure } from './exposure.ts';
import { RateLimits } from './rate-limits.ts';
import { checkRequests } from './request-checks.ts';
import { json, responses } from './responses.ts';
import { metricRoutes } from './routes/metrics.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { App, Services } from './services.ts';
import { checkSites } from './site-checks.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { noQuery, validateParameters } from './validation.ts';

/** Dependencies of the application of a runner. */
export type RunnerServices = Pick<Services, 'access' | 'metrics' | 'version' | 'key' | 'isLocal'> & {
  readonly logger?: FastifyBaseLogger;
  readonly hosts: NonNullable<Services['hosts']>;
};

/** Builds the application of a process that is only a runner, without listening: its metrics and its health, under the API's rules of keys. */
export async function buildRunnerApp({ logger, ...services }: RunnerServices): Promise<App> {
  const proxies = new TrustedProxies([]);
  const app = newApp(logger, proxies);
  app.decorate('withoutSecrets', redaction(services.key));
  app.decorate('personOf', () => null);
  app.setValidatorCompiler(() => (value) => ({ value })); // validateParameters checks all parts of a request at once
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler(answerError);
  addSecurityHeaders(app, null);
  checkRequests(app);
  const limits = await RateLimits.on(app, defaultExposure.requestsPerMinute);
  const callers = new Callers(services.access, { operatorKey: services.key, isLocal: services.isLocal, limits });
  checkAccess(app, callers, new Belongings(services.access), limits);
  app.addHook('onClose', () => callers[Symbol.asyncDispose]());
  checkSites(app, { ...services.hosts, publicUrl: null, corsOrigins: [] });
  app.addHook('preValidation', validateParameters);
  metricRoutes(app, services);
  const schema = { querystring: noQuery, response: responses({ 200: json('It answers.', healthSchema) }) };
  app.get('/healthz', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' as const, version: services.version };
  });
  return app;
}
