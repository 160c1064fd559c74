import Fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { redaction } from '../access/redaction.ts';
import { newId } from '../shared/ids.ts';
import { Belongings, checkAccess } from './access-checks.ts';
import { bodyLimits } from './body-limits.ts';
import { Callers } from './callers.ts';
import { answerError } from './errors.ts';
import type { Exposure } from './exposure.ts';
import { RateLimits } from './rate-limits.ts';
import { answerUnreadable } from './raw-errors.ts';
import type { App, Services } from './services.ts';
import { checkSites, type Sites } from './site-checks.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/**
 * Time in ms that a request has to arrive. After it the connection is closed, so that a slow sender cannot hold a socket for ever.
 * The largest import arrives in time at 2 Mbit/s. Node's own limit for headers is one minute.
 */
const requestTimeoutMs = 300_000;
/** Longer than any header section (16 KiB), so that an id that is too long is answered like any other invalid id. */
const maxParamLength = 20_000;

/** The parts that every application needs. */
interface Basis {
  /** Nothing is logged without one. */
  readonly logger: FastifyBaseLogger | undefined;
  readonly key: Services['key'];
  readonly proxies: TrustedProxies;
}

/** Makes an application without hooks and routes, which answers errors with problems. */
export function newApp({ logger, key, proxies }: Basis): App {
  const app = Fastify({
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
  app.decorate('withoutSecrets', redaction(key));
  app.decorate('personOf', (request: FastifyRequest) => proxies.personOf(request));
  app.setValidatorCompiler(() => (value) => ({ value })); // validateParameters checks all parts of a request at once
  app.setSerializerCompiler(() => (value) => JSON.stringify(value)); // the types define the responses, and the tests compare them with the document
  app.setErrorHandler(answerError);
  return app;
}

/** Checks of every request who sends it, what the caller may do and how often, and from which site. */
export async function checkCallers(
  app: App,
  { access, key, isLocal }: Pick<Services, 'access' | 'key' | 'isLocal'>,
  { requestsPerMinute, sites }: Pick<Exposure, 'requestsPerMinute'> & { readonly sites: Sites },
): Promise<{ readonly callers: Callers; readonly belongings: Belongings }> {
  const limits = await RateLimits.on(app, requestsPerMinute);
  const callers = new Callers(access, { operatorKey: key, isLocal, limits });
  const belongings = new Belongings(access);
  checkAccess(app, callers, belongings, limits);
  app.addHook('onClose', () => callers[Symbol.asyncDispose]());
  checkSites(app, sites);
  return { callers, belongings };
}
