import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { type PeerVersions, versionsSchema } from '../support/python-peer.ts';
import { search } from './search.ts';
import { type PeerName, peerNames, TpePeers } from './tpe-peers.ts';

const cacheSchema = z.strictObject({ versions: versionsSchema, least: z.record(z.string(), z.number()) });
type Cache = z.output<typeof cacheSchema>;

/** Source of the peers' results: a Python, a cache file, or both. */
export interface PeerSource {
  readonly python: string | undefined;
  readonly cacheFile: string | undefined;
}

/**
 * The peers' results, each computed once. With a cache file, they are read from it, and missing ones are computed and added.
 * The key of a result is its peer, seed, number of trials and function (by the digest of its space and some of its values),
 * so that the results of a changed function are computed again.
 */
export class PeerResults implements AsyncDisposable {
  readonly #source: PeerSource;
  readonly #cache: Cache | null;
  #peers: TpePeers | null = null;
  #least: Record<string, number>;

  private constructor(source: PeerSource, cache: Cache | null) {
    this.#source = source;
    this.#cache = cache;
    this.#least = { ...cache?.least };
  }

  static async open(source: PeerSource): Promise<PeerResults> {
    return new PeerResults(source, source.cacheFile === undefined ? null : await readCache(source.cacheFile));
  }

  /** Versions of the peers that computed the results; null if nothing has been computed yet. */
  get versions(): PeerVersions | null {
    return this.#peers?.versions ?? this.#cache?.versions ?? null;
  }

  /** Returns the least value of each seed for every peer. */
  async of(testFunction: TestFunction, seeds: readonly number[], trials: number): Promise<Map<PeerName, number[]>> {
    const function_ = fingerprint(testFunction);
    const found = new Map<PeerName, number[]>();
    for (const [index, peer] of peerNames.entries()) {
      const values: number[] = [];
      for (const seed of seeds) {
        const key = `${testFunction.name}/${function_}/${peer}/${trials}/${seed}`;
        // Each peer has a seed of its own: with a shared one, two peers with the same start would find the same values.
        this.#least[key] ??= await (await this.python()).least(peer, testFunction, { seed: 1000 * (index + 1) + seed, trials });
        values.push(this.#least[key]);
      }
      found.set(peer, values);
    }
    await this.#save();
    return found;
  }

  /** Starts the peers when they are first needed. @throws Error when there is no Python, or when its versions differ from the cache's */
  async python(): Promise<TpePeers> {
    if (this.#peers) return this.#peers;
    if (this.#source.python === undefined) throw new Error('the cache lacks results of peers: give --python PATH');
    this.#peers = await TpePeers.start(this.#source.python);
    const known = this.#cache?.versions;
    if (known && digestOf(known) !== digestOf(this.#peers.versions))
      throw new Error(
        `the cache is of ${JSON.stringify(known)}, this Python has ${JSON.stringify(this.#peers.versions)}: name another file`,
      );
    return this.#peers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peers?.[Symbol.asyncDispose]();
  }

  async #save(): Promise<void> {
    const { cacheFile } = this.#source;
    if (cacheFile === undefined || !this.#peers) return;
    // Renamed when it is complete, because another run may be reading it.
    await writeFile(`${cacheFile}.${process.pid}`, `${JSON.stringify({ versions: this.versions, least: this.#least }, null, 1)}\n`);
    await rename(`${cacheFile}.${process.pid}`, cacheFile);
  }
}

async function readCache(file: string): Promise<Cache | null> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function fingerprint(testFunction: TestFunction): string {
  const values = search({ type: 'random' }, testFunction, { seed: 1, trials: 20 }).map(({ value }) => value);
  return digestOf({ space: testFunction.space, values }).slice(0, 12);
}
