import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Caller, keyHolder, operator } from '../access/caller.ts';
import { type AccessKey, stateOfKey } from '../access/key.ts';
import type { AccessStore } from '../access/ports.ts';
import { defaultProject, projectNameSchema } from '../access/project.ts';
import { digestOfSecret, isSecret } from '../access/secret.ts';
import { isDatabaseUnreachable } from '../shared/database-unreachable.ts';
import { HttpProblem } from './http-problem.ts';
import type { RateLimits } from './rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender of the request. */
    caller: Caller;
  }
}

/** Time in ms for which a process keeps what it read of a key: so long a revoked one may still be answered. */
const keptMs = 10_000;
const keysAtMost = 10_000;
/** Between two notes of the keys that were used. */
const noteMs = 60_000;

/** Limits guesses of keys; see `RateLimits`. */
type GuessLimits = Pick<RateLimits, 'refuseGuess' | 'noteWrongKey'>;

interface CallerOptions {
  /** With it a request may do everything. */
  readonly operatorKey: string | undefined;
  /** Only programs of this machine reach the service, and it answers to all of them until the first key is made. */
  readonly isLocal: boolean;
  readonly limits: GuessLimits;
}

/** Tells who sent a request, by its key. */
export class Callers implements AsyncDisposable {
  readonly #store: AccessStore;
  readonly #operatorKey: Buffer | null;
  readonly #isLocal: boolean;
  readonly #limits: GuessLimits;
  readonly #keys = new LRUCache<string, AccessKey>({ max: keysAtMost, ttl: keptMs });
  /** Keys that were right once, and addresses that sent the operator's: wrong keys of their neighbours do not lock them out. */
  readonly #trusted = new LRUCache<string, true>({ max: keysAtMost });
  readonly #projects = new LRUCache<string, true>({ max: keysAtMost });
  readonly #used = new Set<string>();
  readonly #notes: NodeJS.Timeout;
  /** True while the service answers to everybody. */
  #isOpen: { readonly value: boolean; readonly until: number } | null = null;

  constructor(store: AccessStore, { operatorKey, isLocal, limits }: CallerOptions) {
    this.#store = store;
    this.#operatorKey = operatorKey === undefined ? null : digestOfSecret(operatorKey);
    this.#isLocal = isLocal;
    this.#limits = limits;
    this.#notes = setInterval(() => void this.#noteUse(), noteMs).unref();
  }

  /** @throws HttpProblem `unauthorized` without a valid key; `rate-limited` after many wrong ones; `project-not-found`, `forbidden` for the header Clavier-Project */
  async identify(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      refuseForwarded(request, await this.#open());
      return operator('anyone', await this.#chosenProject(request));
    }
    const digest = digestOfSecret(token);
    if (this.#operatorKey && timingSafeEqual(digest, this.#operatorKey)) {
      await this.#refuseGuess(request, reply, request.ip);
      this.#trusted.set(request.ip, true);
      return operator('operator', await this.#chosenProject(request));
    }
    const key = await this.#keyOf(token, digest, request, reply);
    this.#used.add(key.id);
    if (key.project === null) return keyHolder(key, await this.#chosenProject(request));
    const wanted = wantedProject(request);
    if (wanted !== null && wanted !== key.project) throw new HttpProblem('forbidden', `the key is of the project ${key.project}`);
    return keyHolder(key, key.project);
  }

  /** True while the sender of a request that is still being answered has its rights. While the database is away, it keeps them. */
  async stillMay(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    try {
      const { project, everywhere, scopes } = await this.identify(request, reply);
      const before = request.caller;
      return project === before.project && everywhere === before.everywhere && scopes.length >= before.scopes.length;
    } catch (error) {
      if (isDatabaseUnreachable(error)) return true;
      if (error instanceof HttpProblem) return false;
      throw error;
    }
  }

  /** Forgets what is known of keys: after one was made or revoked here. */
  forget(): void {
    this.#keys.clear();
    this.#isOpen = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#notes);
    await this.#noteUse();
  }

  async #keyOf(token: string, digest: Buffer, request: FastifyRequest, reply: FastifyReply): Promise<AccessKey> {
    const place = digest.toString('base64');
    const known = this.#keys.get(place);
    if (known && stateOfKey(known, new Date()) === 'active') return known;
    await this.#refuseGuess(request, reply, place);
    const key = known ?? (isSecret(token) ? await this.#store.keyByDigest(digest) : null);
    if (key && !known) this.#keys.set(place, key);
    if (!key) throw await this.#wrongKey(request, place, 'the key is none of this service');
    const state = stateOfKey(key, new Date());
    if (state !== 'active') throw await this.#wrongKey(request, place, state === 'revoked' ? 'the key is revoked' : 'the key has expired');
    this.#trusted.set(place, true);
    return key;
  }

  async #wrongKey(request: FastifyRequest, place: string, detail: string): Promise<HttpProblem> {
    this.#trusted.delete(place);
    await this.#limits.noteWrongKey(request);
    return new HttpProblem('unauthorized', detail);
  }

  /** @param place of the key or address among those that are trusted */
  async #refuseGuess(request: FastifyRequest, reply: FastifyReply, place: string): Promise<void> {
    if (!this.#trusted.has(place)) await this.#limits.refuseGuess(request, reply);
  }

  /** The project in which a caller of all projects acts. */
  async #chosenProject(request: FastifyRequest): Promise<string> {
    const wanted = wantedProject(request) ?? defaultProject;
    // An address or method that there is not is answered as such in any project.
    if (wanted !== defaultProject && !request.is404 && !this.#projects.has(wanted)) {
      if (!(await this.#store.project(wanted))) throw new HttpProblem('project-not-found', `there is no project ${wanted}`);
      this.#projects.set(wanted, true);
    }
    return wanted;
  }

  /** @throws DatabaseUnreachableError while the database is unreachable and no earlier answer is known */
  async #open(): Promise<boolean> {
    if (!this.#isLocal) return false;
    const known = this.#isOpen;
    if (known && known.until >= performance.now()) return known.value;
    const value = await this.#store.hasKeys().then(
      (hasKeys) => !hasKeys,
      (error: unknown) => {
        if (known && isDatabaseUnreachable(error)) return known.value;
        throw error;
      },
    );
    this.#isOpen = { value, until: performance.now() + keptMs };
    return value;
  }

  async #noteUse(): Promise<void> {
    const ids = [...this.#used];
    this.#used.clear();
    await this.#store.noteUse(ids).catch(() => {
      for (const id of ids) this.#used.add(id); // the next note has them
    });
  }
}

/** Headers that proxies add to requests. */
const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/** An open service answers to programs of its machine. What came through a proxy may be from elsewhere. */
function refuseForwarded({ headers }: FastifyRequest, isOpen: boolean): void {
  if (!isOpen) throw new HttpProblem('unauthorized', 'send a key: Authorization: Bearer KEY');
  const header = forwardingHeaders.find((name) => headers[name] !== undefined);
  if (header === undefined) return;
  throw new HttpProblem(
    'unauthorized',
    `the request came through a proxy (${header}), and without a key the service answers only to programs of its machine; send a key: Authorization: Bearer KEY`,
  );
}

function wantedProject({ headers }: FastifyRequest): string | null {
  const given = headers['clavier-project'];
  if (given === undefined) return null;
  const name = projectNameSchema.safeParse(given);
  if (name.success) return name.data;
  const detail = 'must be the name of a project';
  throw new HttpProblem('invalid-request', `Clavier-Project ${detail}`, [{ parameter: 'Clavier-Project', detail }]);
}
