import type { FastifyInstance } from 'fastify';

/**
 * Makes the header Location absolute, where clients reach the service under an origin of its own. A relative one is right as well, but
 * some proxies and clients complete it with the wrong host.
 */
export function absoluteLocations(app: FastifyInstance, publicUrl: string | null): void {
  if (publicUrl === null) return;
  app.addHook('onSend', async (_request, reply) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/')) reply.header('location', `${publicUrl}${location}`);
  });
}
