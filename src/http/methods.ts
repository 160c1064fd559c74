import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.ts';

interface NotedPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Notes the methods of every path that is registered after it, and answers what no route takes: on such a path OPTIONS
 * with 204 and Allow (`OPTIONS *`: of all paths), any other method with 405 and Allow; elsewhere 404. What may be wrong with the body does not matter
 * there, so it is not read.
 */
export function answerOtherMethods(app: FastifyInstance): void {
  const noted = new Map<string, NotedPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = noted.get(url) ?? { pattern: patternOf(url), methods: new Set(['OPTIONS']) };
    for (const name of [method].flat()) path.methods.add(name.toUpperCase());
    // Of a prefix with a slash at its end only the HEAD is told, which is there for the sake of its GET.
    if (path.methods.has('HEAD')) path.methods.add('GET');
    noted.set(url, path);
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const allowed = methodsAt(noted, request);
    if (allowed.length === 0) throw routeNotFound(request);
    return refuseMethod(request, reply, allowed.join(', '));
  });
  // Reached where a route gives up: a file of the documentation that is not there.
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request);
  });
}

function methodsAt(noted: ReadonlyMap<string, NotedPath>, { url, method }: FastifyRequest): string[] {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const fitting = [...noted.values()].filter(({ pattern }) => (method === 'OPTIONS' && path === '*') || pattern.test(path));
  return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply, allow: string): FastifyReply {
  reply.header('allow', allow);
  if (request.method === 'OPTIONS') return reply.code(204).send();
  throw new HttpProblem('method-not-allowed', `${shownMethod(request)} is not one of the methods of this address: ${allow}`);
}

function routeNotFound(request: FastifyRequest): HttpProblem {
  return new HttpProblem('route-not-found', `there is no ${shownMethod(request)} ${request.url}; /docs lists what there is`);
}

/** HEAD has the length of the answer that GET would have, so the same words. */
function shownMethod({ method }: FastifyRequest): string {
  return method === 'HEAD' ? 'GET' : method;
}

/** A parameter is one part of a path, possibly empty; a star is all that follows. Exactly as the router reads them. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/).map((part) => {
    if (part.startsWith(':')) return '[^/]*';
    return part === '*' ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
