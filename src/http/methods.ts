import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.ts';

interface NotedPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Records the methods of every path that is registered after this call, and answers requests that no route handles. On a known path,
 * OPTIONS gets 204 and any other method 405, both with Allow. `OPTIONS *` gets the methods of all paths. Any other path gets 404. The
 * body of such a request is not read.
 */
export function answerOtherMethods(app: FastifyInstance): void {
  const noted = new Map<string, NotedPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = noted.get(url) ?? { pattern: patternOf(url), methods: new Set(['OPTIONS']) };
    for (const name of [method].flat()) path.methods.add(name.toUpperCase());
    // For a prefix that ends in a slash, Fastify reports only HEAD, which it adds for a GET.
    if (path.methods.has('HEAD')) path.methods.add('GET');
    noted.set(url, path);
  });
  app.addHook('onRequest', async (request, reply) => {
    // A fixed address is never the id of a resource: GET /v1/studies/import is no study.
    if (isRouted(request) && !isFixedElsewhere(noted, request)) return;
    const allowed = methodsAt(noted, request);
    if (allowed.length === 0) throw routeNotFound(request);
    return refuseMethod(request, reply, allowed.join(', '));
  });
  // Reached when a route finds nothing, such as a missing file of the documentation.
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request);
  });
}

/** False also for the route that takes OPTIONS at any address where other origins may call the API: a preflight does not come this far. */
function isRouted({ is404, routeOptions }: FastifyRequest): boolean {
  return !is404 && routeOptions.url !== '*';
}

/**
 * True if a route with parameters would take the request, although another route has this very path, without parameters and with other
 * methods.
 */
function isFixedElsewhere(noted: ReadonlyMap<string, NotedPath>, { url, method, routeOptions }: FastifyRequest): boolean {
  const path = pathOf(url);
  const fixed = isFixed(path) ? noted.get(path) : undefined;
  return fixed !== undefined && routeOptions.url !== path && !fixed.methods.has(method);
}

/** The path as the router compares it: escapes are decoded, except those of reserved characters. */
function pathOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  try {
    return decodeURI(path);
  } catch (error) {
    if (error instanceof URIError) return path; // matches no route
    throw error;
  }
}

function isFixed(path: string): boolean {
  return !/[:*]/.test(path);
}

function methodsAt(noted: ReadonlyMap<string, NotedPath>, { url, method }: FastifyRequest): string[] {
  const path = pathOf(url);
  const fixed = noted.get(path);
  if (fixed && isFixed(path)) return [...fixed.methods].sort();
  const fitting = [...noted.values()].filter(({ pattern }) => (method === 'OPTIONS' && path === '*') || pattern.test(path));
  return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply, allow: string): FastifyReply {
  reply.header('allow', allow);
  if (request.method === 'OPTIONS') return reply.code(204).send();
  throw new HttpProblem('method-not-allowed', `${shownMethod(request)} is not supported at this address; use ${allow}`);
}

export function routeNotFound(request: FastifyRequest): HttpProblem {
  return new HttpProblem('route-not-found', `there is no ${shownMethod(request)} ${request.url}; /docs lists all operations`);
}

/** Name of the method in messages. HEAD must have the length of the response to GET, so it has the same words. */
function shownMethod({ method }: FastifyRequest): string {
  return method === 'HEAD' ? 'GET' : method;
}

/** Builds the pattern of a route as the router matches it: a parameter is one path segment; a star is the rest. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/).map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
