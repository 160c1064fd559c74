import type { FastifyInstance } from 'fastify';

/** The Content-Security-Policy of answers that are no page, should a browser show one: it loads and runs nothing. */
const nothing = "default-src 'none'; frame-ancestors 'none'";
const yearSeconds = 31_536_000;

/**
 * Adds the headers that tell a browser to do nothing with an answer but what it was asked for. Pages replace the policy with their own.
 * They are a constant: a library that computes them for each request would add a dozen, of which an API needs these.
 *
 * @param publicUrl origin under which clients reach the service: with https, browsers must keep to it
 */
export function addSecurityHeaders(app: FastifyInstance, publicUrl: string | null): void {
  const headers = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': nothing,
    ...(publicUrl?.startsWith('https:') && { 'strict-transport-security': `max-age=${yearSeconds}` }),
  };
  app.addHook('onRequest', async (request, reply) => void reply.headers(headers).header('x-request-id', request.id));
}
