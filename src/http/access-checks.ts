import type { FastifyContextConfig, FastifyRequest, FastifySchema } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Caller, mayDo } from '../access/caller.ts';
import type { AccessStore } from '../access/ports.ts';
import type { Scope } from '../access/scope.ts';
import { DomainError } from '../shared/errors.ts';
import type { Callers } from './callers.ts';
import { HttpProblem } from './http-problem.ts';
import type { RateLimits } from './rate-limits.ts';
import type { App } from './services.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The right that a request needs; `any`: none but a valid key; absent: that of its method and tag, see `neededScope`. */
    scope?: Scope | 'any';
  }
}

/** Probes of a container platform; they tell nothing of any study. */
const probes: readonly string[] = ['/healthz', '/readyz'];

/** True for the path of a probe, which needs no key. */
export function isProbe(path: string): boolean {
  return probes.includes(path);
}

/** Ids whose projects a process keeps. */
const idsAtMost = 100_000;

/** Answers which project something belongs to. That never changes, so that a process reads it once. */
export class Belongings {
  readonly #store: AccessStore;
  readonly #projects = new LRUCache<string, string>({ max: idsAtMost });

  constructor(store: AccessStore) {
    this.#store = store;
  }

  /** True if the caller may know of it. False also where there is no such thing. @param id a UUID */
  async isOwn(caller: Caller, kind: 'study' | 'campaign' | 'trial', id: string): Promise<boolean> {
    if (caller.everywhere) return true;
    const place = id.toLowerCase();
    const project = this.#projects.get(place) ?? (await this.#store.projectOf(kind, place));
    if (project === null) return false;
    this.#projects.set(place, project);
    return project === caller.project;
  }

  /** @throws DomainError `study-not-found`, `campaign-not-found`, `trial-not-found` if the caller may not know of it */
  async checkOwn(caller: Caller, kind: 'study' | 'campaign' | 'trial', id: string): Promise<void> {
    if (!(await this.isOwn(caller, kind, id))) throw new DomainError(`${kind}-not-found`, `there is no ${kind} ${id}`);
  }
}

/**
 * Checks every request but probes: it must come from a known caller within its limit, with the right that its route needs, and what its
 * address names must be of the caller's project. What another project has is answered as if there were none.
 */
export function checkAccess(app: App, callers: Callers, belongings: Belongings, limits: RateLimits): void {
  app.decorateRequest('caller', null as unknown as Caller); // set before any handler runs
  app.addHook('onRequest', async (request, reply) => {
    if (isProbe(request.url.split('?', 1)[0] ?? '')) return;
    request.caller = await callers.identify(request, reply).catch(async (error: unknown) => {
      if (error instanceof HttpProblem && error.problem === 'unauthorized') {
        await limits.countAddress(request, reply);
        reply.header('www-authenticate', request.headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
      }
      throw error;
    });
    await limits.count(request, reply);
    const needed = neededScope(request.routeOptions);
    if (needed === null || mayDo(request.caller, needed)) return;
    const { scopes } = request.caller;
    throw new HttpProblem('forbidden', `this needs the right ${needed}; the key has ${scopes.join(', ')}`);
  });
  app.addHook('preHandler', async (request) => {
    if (isProbe(request.url.split('?', 1)[0] ?? '') || request.caller.everywhere) return;
    for (const { kind, id } of namedBy(request)) await belongings.checkOwn(request.caller, kind, id);
  });
}

/** The facts of a route from which its right follows. */
interface RouteFacts {
  readonly url?: string | undefined;
  readonly method: string | readonly string[];
  readonly config: FastifyContextConfig;
  readonly schema?: FastifySchema | undefined;
}

/** The right that a request needs; null: that of any caller. */
export function neededScope({ url = '', method, config, schema }: RouteFacts): Scope | null {
  if (!url.startsWith('/v1/') || config.scope === 'any') return null;
  if (config.scope) return config.scope;
  if ((schema as { tags?: readonly string[] } | undefined)?.tags?.includes('workers')) return 'work';
  const methods = [method].flat();
  return methods.includes('GET') || methods.includes('HEAD') ? 'read' : 'write';
}

/** True if a request is about all projects: its key is of all, and it names none. */
export function isOfAllProjects({ caller, headers }: FastifyRequest): boolean {
  return caller.everywhere && headers['clavier-project'] === undefined;
}

/** All that a request names by its path and its query, which are valid. A body is not checked yet: its route does both. */
function namedBy({ params, query }: FastifyRequest): { readonly kind: 'study' | 'campaign' | 'trial'; readonly id: string }[] {
  const texts = (value: unknown): string[] => [value].flat().filter((item) => typeof item === 'string');
  const member = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? (from as Readonly<Record<string, unknown>>)[name] : undefined;
  return [
    ...texts(member(params, 'studyId')).map((id) => ({ kind: 'study' as const, id })),
    ...texts(member(params, 'campaignId')).map((id) => ({ kind: 'campaign' as const, id })),
    ...texts(member(params, 'trialId')).map((id) => ({ kind: 'trial' as const, id })),
    ...texts(member(query, 'study')).map((id) => ({ kind: 'study' as const, id })),
  ];
}
