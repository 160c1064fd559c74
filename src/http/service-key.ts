import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './http-problem.ts';

/** Probes of a container platform; they tell nothing of any study. */
const probes: readonly string[] = ['/healthz', '/readyz'];

/** Requires a key as a bearer token (RFC 6750) from every request but probes. Compares digests: the time says nothing of the key. */
export function requireKey(app: FastifyInstance, key: string): void {
  const expected = digestOf(key);
  app.addHook('onRequest', async (request, reply) => {
    if (probes.includes(request.url.split('?', 1)[0] ?? '')) return;
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token !== undefined && timingSafeEqual(digestOf(token), expected)) return;
    reply.header('www-authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    throw new HttpProblem(
      'unauthorized',
      token === undefined ? 'send the key of the service: Authorization: Bearer KEY' : 'the key is not that of the service',
    );
  });
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
