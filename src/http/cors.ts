import cors from '@fastify/cors';
import type { App } from './services.ts';

/** Request headers that pages may send. */
const requestHeaders = [
  ...['authorization', 'content-type', 'accept', 'if-match', 'if-none-match', 'idempotency-key', 'clavier-project', 'last-event-id'],
];
/** Response headers that pages may read. */
const responseHeaders = [
  ...['etag', 'location', 'retry-after', 'x-request-id', 'allow', 'content-disposition'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];
/** Time for which a browser keeps the answer to a preflight; two hours is the most that Chromium keeps. */
const preflightSeconds = 7200;

/**
 * Lets pages of some origins call the API. A browser asks first, without a key, so the question is answered before keys are checked. Pages
 * send their key themselves: no cookie is accepted. Without origins nothing is added, and no other origin sees an answer.
 */
export async function allowOrigins(app: App, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  const options = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: requestHeaders,
    exposedHeaders: responseHeaders,
    credentials: false,
    maxAge: preflightSeconds,
  };
  await app.register(cors, {
    // An OPTIONS request that is no preflight is answered as without this plugin.
    delegator: ({ method, headers }, decide) =>
      decide(null, { ...options, preflight: method === 'OPTIONS' && headers['access-control-request-method'] !== undefined }),
  });
}
