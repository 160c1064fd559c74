import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Caller, operator } from '../access/caller.ts';
import { type AccessKey, stateOfKey } from '../access/key.ts';
import type { AccessStore } from '../access/ports.ts';
import { defaultProject, projectNameSchema } from '../access/project.ts';
import { digestOfSecret, isSecret } from '../access/secret.ts';
import { isDatabaseUnreachable } from '../shared/database-unreachable.ts';
import { HttpProblem } from './http-problem.ts';

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

/** Tells who sent a request, by its key. */
export class Callers implements AsyncDisposable {
  readonly #store: AccessStore;
  readonly #operatorKey: Buffer | null;
  readonly #isLocal: boolean;
  readonly #keys = new LRUCache<string, AccessKey>({ max: keysAtMost, ttl: keptMs });
  readonly #projects = new LRUCache<string, true>({ max: keysAtMost });
  readonly #used = new Set<string>();
  readonly #notes: NodeJS.Timeout;
  /** True while the service answers to everybody. */
  #isOpen: { readonly value: boolean; readonly until: number } | null = null;

  /**
   * @param options `operatorKey`: with it a request may do everything. `isLocal`: only programs of this machine reach the service, and it
   *   answers to all of them until the first key is made
   */
  constructor(store: AccessStore, { operatorKey, isLocal }: { readonly operatorKey: string | undefined; readonly isLocal: boolean }) {
    this.#store = store;
    this.#operatorKey = operatorKey === undefined ? null : digestOfSecret(operatorKey);
    this.#isLocal = isLocal;
    this.#notes = setInterval(() => void this.#noteUse(), noteMs).unref();
  }

  /** @throws HttpProblem `unauthorized` without a valid key; `project-not-found`, `forbidden` for the header Clavier-Project */
  async identify(request: FastifyRequest): Promise<Caller> {
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      if (await this.#open()) return this.#operator(request);
      throw new HttpProblem('unauthorized', 'send a key: Authorization: Bearer KEY');
    }
    if (this.#operatorKey && timingSafeEqual(digestOfSecret(token), this.#operatorKey)) return this.#operator(request);
    const key = await this.#keyOf(token);
    this.#used.add(key.id);
    if (key.project === null) return { ...(await this.#operator(request)), keyId: key.id, scopes: key.scopes };
    const wanted = wantedProject(request);
    if (wanted !== null && wanted !== key.project) throw new HttpProblem('forbidden', `the key is of the project ${key.project}`);
    return { keyId: key.id, project: key.project, everywhere: false, scopes: key.scopes };
  }

  /** True while the sender of a request that is still being answered has its rights. While the database is away, it keeps them. */
  async stillMay(request: FastifyRequest): Promise<boolean> {
    try {
      const { project, everywhere, scopes } = await this.identify(request);
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

  async #keyOf(token: string): Promise<AccessKey> {
    const digest = digestOfSecret(token);
    const place = digest.toString('base64');
    const known = this.#keys.get(place);
    const key = known ?? (isSecret(token) ? await this.#store.keyByDigest(digest) : null);
    if (!key) throw new HttpProblem('unauthorized', 'the key is none of this service');
    if (!known) this.#keys.set(place, key);
    const state = stateOfKey(key, new Date());
    if (state === 'active') return key;
    throw new HttpProblem('unauthorized', state === 'revoked' ? 'the key is revoked' : 'the key has expired');
  }

  async #operator(request: FastifyRequest): Promise<Caller> {
    const wanted = wantedProject(request) ?? defaultProject;
    // An address or method that there is not is answered as such in any project.
    if (wanted !== defaultProject && !request.is404 && !this.#projects.has(wanted)) {
      if (!(await this.#store.project(wanted))) throw new HttpProblem('project-not-found', `there is no project ${wanted}`);
      this.#projects.set(wanted, true);
    }
    return operator(wanted);
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

function wantedProject({ headers }: FastifyRequest): string | null {
  const given = headers['clavier-project'];
  if (given === undefined) return null;
  const name = projectNameSchema.safeParse(given);
  if (name.success) return name.data;
  const detail = 'must be the name of a project';
  throw new HttpProblem('invalid-request', `Clavier-Project ${detail}`, [{ parameter: 'Clavier-Project', detail }]);
}
