import accepts from '@fastify/accepts';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { tell } from '../shared/telemetry.ts';
import { inTrace } from '../shared/work.ts';
import type { Belongings } from './access-checks.ts';
import { checkCallers, newApp } from './base-app.ts';
import { valueLimits } from './body-limits.ts';
import type { Callers } from './callers.ts';
import { campaignView } from './campaign-view.ts';
import { ChangeWatch } from './change-watch.ts';
import { compressResponse } from './compression.ts';
import { allowOrigins } from './cors.ts';
import { addDocuments } from './document-page.ts';
import { tagResponses } from './etag.ts';
import { EventStreams } from './event-streams.ts';
import { ExportPlaces } from './export-places.ts';
import { defaultExposure, type Exposure } from './exposure.ts';
import { readJsonBodies } from './json-body.ts';
import { closeAfterLastAnswers } from './last-answers.ts';
import { answerOtherMethods } from './methods.ts';
import { absoluteLocations } from './public-address.ts';
import { checkRequests } from './request-checks.ts';
import { endRequest, followRequests } from './request-work.ts';
import { askRoutes } from './routes/ask.ts';
import { auditRoutes } from './routes/audit.ts';
import { campaignChangeRoutes } from './routes/campaign-changes.ts';
import { campaignImportRoutes } from './routes/campaign-import.ts';
import { campaignMoveRoutes } from './routes/campaign-moves.ts';
import { campaignResultRoutes } from './routes/campaign-results.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { changeRoutes } from './routes/changes.ts';
import { compareRoutes } from './routes/compare.ts';
import { eventRoutes } from './routes/events.ts';
import { feedRoutes } from './routes/feed.ts';
import { forkRoutes } from './routes/fork.ts';
import { frontRoutes } from './routes/front.ts';
import { givenRoutes } from './routes/given.ts';
import { importRoutes } from './routes/import.ts';
import { keyRoutes } from './routes/keys.ts';
import { metricRoutes } from './routes/metrics.ts';
import { moveRoutes } from './routes/moves.ts';
import { pageRoutes } from './routes/pages.ts';
import { presetRoutes } from './routes/presets.ts';
import { projectDataRoutes } from './routes/project-data.ts';
import { projectRoutes } from './routes/projects.ts';
import { reportRoutes } from './routes/reports.ts';
import { resultRoutes } from './routes/results.ts';
import { operationRoutes } from './routes/service.ts';
import { studyRoutes } from './routes/studies.ts';
import { trialRoutes } from './routes/trials.ts';
import { verificationRoutes } from './routes/verification.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workerTrialRoutes } from './routes/worker-trials.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { App, Services } from './services.ts';
import { ownNames } from './site-checks.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { validateParameters } from './validation.ts';

/**
 * Builds the HTTP application without listening. Lists all its plugins, hooks and routes in the order in which they apply.
 *
 * @param options `logger`: nothing is logged without one
 */
export async function buildApp({ logger, ...services }: Services & { readonly logger?: FastifyBaseLogger }): Promise<App> {
  const { requestsPerMinute, trustedProxies, publicUrl, corsOrigins } = services.exposure ?? defaultExposure;
  const app = newApp({ logger, key: services.key, proxies: new TrustedProxies(trustedProxies) });
  await shapeAnswers(app, { publicUrl, corsOrigins });
  const sites = { ...(services.hosts ?? ownNames), publicUrl, corsOrigins };
  const { callers, belongings } = await checkCallers(app, services, { requestsPerMinute, sites });
  answerOtherMethods(app);
  await addDocuments(app, publicUrl);
  await app.register(accepts);
  const watch = new ChangeWatch();
  const places = new ExportPlaces();
  const streams = new EventStreams(services.feed, services.streamLimits);
  app.addHook('preClose', async () => {
    services.asking.dispatcher.endWaits();
    await Promise.all([watch.stop(), streams.stop()]);
  });
  await app.register(async (routes) => {
    const typed = routes.withTypeProvider<ZodTypeProvider>();
    typed.addHook('preValidation', validateParameters);
    await addRoutes(typed, services, { watch, places, streams, callers, belongings });
  });
  metricRoutes(app, services);
  pageRoutes(app);
  return app;
}

/** Adds what holds for every request before anyone asks who sent it, and for every answer. */
async function shapeAnswers(app: App, { publicUrl, corsOrigins }: Pick<Exposure, 'publicUrl' | 'corsOrigins'>): Promise<void> {
  followRequests(app);
  readJsonBodies(app);
  addSecurityHeaders(app, publicUrl);
  await allowOrigins(app, corsOrigins);
  absoluteLocations(app, publicUrl);
  closeAfterLastAnswers(app);
  tagResponses(app);
  app.addHook('onSend', compressResponse);
  app.addHook('onResponse', logAnswer);
  checkRequests(app);
}

/** State of the process that routes share. */
interface Shared {
  readonly watch: ChangeWatch;
  readonly places: ExportPlaces;
  readonly streams: EventStreams;
  readonly callers: Callers;
  readonly belongings: Belongings;
}

/** Adds the routes below /v1, and those of operators. */
async function addRoutes(typed: App, services: Services, { watch, places, streams, callers, belongings }: Shared): Promise<void> {
  const view = campaignView(services.reader, typed.log);
  studyRoutes(typed, services, { watch, belongings });
  moveRoutes(typed, services);
  givenRoutes(typed, services);
  changeRoutes(typed, services);
  askRoutes(typed, services, belongings);
  workerTrialRoutes(typed, services);
  forkRoutes(typed, services);
  frontRoutes(typed, services);
  resultRoutes(typed, services, places);
  trialRoutes(typed, services);
  eventRoutes(typed, services, { streams, callers });
  feedRoutes(typed, services, { streams, callers });
  verificationRoutes(typed, services);
  campaignRoutes(typed, services, { watch, view });
  campaignMoveRoutes(typed, services, view);
  campaignChangeRoutes(typed, services, view);
  campaignResultRoutes(typed, services, places);
  reportRoutes(typed, services);
  compareRoutes(typed, services);
  presetRoutes(typed);
  operationRoutes(typed, services);
  keyRoutes(typed, services, callers);
  projectRoutes(typed, services);
  auditRoutes(typed, services);
  webhookRoutes(typed, services, belongings);
  webhookDeliveryRoutes(typed, services);
  projectDataRoutes(typed, services, { places, callers });
  await typed.register(async (large) => {
    readJsonBodies(large, { values: valueLimits.import });
    importRoutes(large.withTypeProvider<ZodTypeProvider>(), services);
    campaignImportRoutes(large.withTypeProvider<ZodTypeProvider>(), services, view);
  });
}

/** Logs each request: changes at `info`, reads at `debug`, because polling would hide the changes. A key that was put into the address is cut. */
async function logAnswer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { method, routeOptions } = request;
  const isStream = reply.getHeader('content-type') === 'text/event-stream'; // its hours say nothing of the time of a response
  if (!isStream)
    tell('request', { method, route: routeOptions.url ?? 'none', status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
  inTrace(request.tracePoint, () =>
    request.log[level](
      { durationMs: Math.round(reply.elapsedTime) },
      `${request.method} ${request.server.withoutSecrets(request.url)} ${reply.statusCode}`,
    ),
  );
  endRequest(request, reply);
}
