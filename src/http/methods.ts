import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Refusal } from './refusal.ts';

const known: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/**
 * Notes the methods of every path that is registered after it.
 *
 * @returns registers what is missing: OPTIONS answers 204 with Allow, any other method 405 with Allow
 */
export function noteMethods(app: FastifyInstance): () => void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const noted = methods.get(url) ?? new Set<string>();
    for (const name of [method].flat()) noted.add(name.toUpperCase());
    methods.set(url, noted);
  });
  return () => {
    for (const [url, taken] of [...methods]) answerOthers(app, url, taken);
  };
}

function answerOthers(app: FastifyInstance, url: string, taken: ReadonlySet<string>): void {
  const missing = known.filter((method) => !taken.has(method));
  if (missing.length === 0) return;
  const allow = [...new Set([...taken, 'OPTIONS'])].sort().join(', ');
  // Before the body is read: what is wrong with it does not matter here.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.header('allow', allow);
    if (request.method === 'OPTIONS') return reply.code(204).send();
    throw new Refusal('method-not-allowed', `${request.method} is not one of the methods of this address: ${allow}`);
  };
  app.route({ method: [...missing], url, onRequest, schema: { hide: true }, handler: async (_request, reply) => reply.code(204).send() });
}
