import type { FastifyReply } from 'fastify';

/** Says that an answer depends on a request header, beside those that it says so of already. */
export function variesBy(reply: FastifyReply, header: 'accept' | 'accept-encoding'): FastifyReply {
  const others = reply.getHeader('vary');
  return reply.header('vary', others === undefined ? header : `${String(others)}, ${header}`);
}
