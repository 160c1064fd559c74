import accepts from '@fastify/accepts';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { redaction } from '../access/redaction.ts';
import { newId } from '../shared/ids.ts';
import { tell } from '../shared/telemetry.ts';
import { inTrace } from '../shared/work.ts';
import { Belongings, checkAccess } from './access-checks.ts';
import { bodyLimits, valueLimits } from './body-limits.ts';
import { Callers } from './callers.ts';
import { campaignView } from './campaign-view.ts';
import { ChangeWatch } from './change-watch.ts';
import { compressResponse } from './compression.ts';
import { allowOrigins } from './cors.ts';
import { documentTransform, introduction } from './document.ts';
import { operationTransform } from './document-security.ts';
import { answerError } from './errors.ts';
import { tagResponses } from './etag.ts';
import { EventStreams } from './event-streams.ts';
import { ExportPlaces } from './export-places.ts';
import { defaultExposure, type Exposure } from './exposure.ts';
import { readJsonBodies } from './json-body.ts';
import { closeAfterLastAnswers } from './last-answers.ts';
import { answerOtherMethods } from './methods.ts';
import { absoluteLocations } from './public-address.ts';
import { RateLimits } from './rate-limits.ts';
import { answerUnreadable } from './raw-errors.ts';
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
import { checkSites, ownNames } from './site-checks.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { validateParameters } from './validation.ts';

/**
 * Time in ms that a request has to arrive. After it the connection is closed, so that a slow sender cannot hold a socket for ever.
 * The largest import arrives in time at 2 Mbit/s. Node's own limit for headers is one minute.
 */
const requestTimeoutMs = 300_000;
/** Longer than any header section (16 KiB), so that an id that is too long is answered like any other invalid id. */
const maxParamLength = 20_000;

/** The Content-Security-Policy of the page at /docs. */
const documentsPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "style-src 'self' 'unsafe-inline'",
].join('; ');

/**
 * Builds the HTTP application without listening. Lists all its plugins, hooks and routes in the order in which they apply.
 *
 * @param options `logger`: nothing is logged without one
 */
export async function buildApp({ logger, ...services }: Services & { readonly logger?: FastifyBaseLogger }): Promise<App> {
  const { requestsPerMinute, trustedProxies, publicUrl, corsOrigins } = services.exposure ?? defaultExposure;
  const proxies = new TrustedProxies(trustedProxies);
  const app = newApp(logger, proxies);
  app.decorate('withoutSecrets', redaction(services.key));
  app.decorate('personOf', (request: FastifyRequest) => proxies.personOf(request));
  app.setValidatorCompiler(() => (value) => ({ value })); // validateParameters checks all parts of a request at once
  app.setSerializerCompiler(() => (value) => JSON.stringify(value)); // the types define the responses, and the tests compare them with the document
  app.setErrorHandler(answerError);
  await shapeAnswers(app, { publicUrl, corsOrigins });
  const limits = await RateLimits.on(app, requestsPerMinute);
  const callers = new Callers(services.access, { operatorKey: services.key, isLocal: services.isLocal, limits });
  const belongings = new Belongings(services.access);
  checkAccess(app, callers, belongings, limits);
  app.addHook('onClose', () => callers[Symbol.asyncDispose]());
  checkSites(app, { ...(services.hosts ?? ownNames), publicUrl, corsOrigins });
  answerOtherMethods(app);
  await registerDocuments(app, publicUrl);
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

/** An application without hooks and routes. */
export function newApp(logger: FastifyBaseLogger | undefined, proxies: TrustedProxies): App {
  return Fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    bodyLimit: bodyLimits.other,
    requestTimeout: requestTimeoutMs,
    ...(proxies.areAny && { trustProxy: (address) => proxies.trust(address) }),
    http: { requireHostHeader: false }, // checkRequests checks it and answers with a problem
    routerOptions: { maxParamLength },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: answerUnreadable,
  }).withTypeProvider<ZodTypeProvider>();
}

async function registerDocuments(app: App, publicUrl: string | null): Promise<void> {
  await app.register(swagger, { openapi: introduction(publicUrl), transform: operationTransform, transformObject: documentTransform });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // The plugin's own policy upgrades to https, which breaks the page on a plain http address, and allows other servers.
    transformStaticCSP: () => documentsPolicy,
    // The page loads nothing from other servers: no validator badge, no fonts.
    uiConfig: { docExpansion: 'list', validatorUrl: null, tryItOutEnabled: false },
    theme: { title: 'Clavier API' },
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
