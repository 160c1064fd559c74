import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../../shared/errors.ts';
import { verifyDataset } from './dataset.ts';

/** A dataset that `openDataset` can open. */
export interface PreparedDataset {
  readonly folder: string;
  readonly digest: string;
}

/** Ends the name of a folder that is being written. */
const BUILDING = '.building';

/** An unfinished build that nobody has touched for this long was left behind by a process that died. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * The prepared datasets of one key: folders `<key>-<8 random characters>` of one parent. A folder is written under another
 * name, renamed when whole, never changed afterwards, and its name is never used again. So a broken one can be removed
 * whenever it is met, by any process, without a lock and without ever hitting the whole one that took its place. Two
 * processes that finish at the same moment leave two folders that say the same.
 */
export class PreparedFolders {
  readonly #parent: string;
  readonly #key: string;

  /**
   * @param parent where prepared datasets lie; made when it is needed
   * @param key the folders' common name: what was prepared, from what and how
   */
  constructor(parent: string, key: string) {
    this.#parent = parent;
    this.#key = key;
  }

  /** The first whole dataset, every file of it verified, or null. Broken ones are removed on the way. */
  async findWhole(): Promise<PreparedDataset | null> {
    await mkdir(this.#parent, { recursive: true });
    for (const name of (await this.#names()).filter((found) => !found.endsWith(BUILDING))) {
      const folder = join(this.#parent, name);
      const digest = digestIfWhole(folder);
      if (digest !== null) return { folder, digest };
      await rm(folder, { recursive: true, force: true });
    }
    return null;
  }

  /**
   * Builds a dataset into a new folder, unless another process was faster. Nothing of it stays when `build` fails.
   *
   * @param build writes a dataset into a folder that does not exist yet
   */
  async add(build: (folder: string) => Promise<void>): Promise<PreparedDataset> {
    await this.#removeAbandoned();
    const folder = join(this.#parent, `${this.#key}-${randomUUID().slice(0, 8)}`);
    const building = `${folder}${BUILDING}`;
    try {
      await build(building);
      const theirs = await this.findWhole();
      if (theirs !== null) return theirs;
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    return { folder, digest: verifyDataset(folder).digest };
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.#parent)).filter((name) => name.startsWith(`${this.#key}-`)).sort();
  }

  async #removeAbandoned(): Promise<void> {
    for (const name of (await this.#names()).filter((found) => found.endsWith(BUILDING))) {
      const path = join(this.#parent, name);
      // None where its owner has just finished.
      const touchedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - touchedMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
    }
  }
}

function digestIfWhole(folder: string): string | null {
  try {
    return verifyDataset(folder).digest;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'dataset-broken') return null;
    throw error;
  }
}
