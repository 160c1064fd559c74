import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../../shared/errors.ts';
import { makeFolder } from '../../../shared/make-folder.ts';
import { verifyDataset } from './dataset.ts';

/** A dataset that `openDataset` can open. */
export interface PreparedDataset {
  readonly folder: string;
  readonly digest: string;
}

/** Suffix of a folder that is being written. */
const buildingSuffix = '.building';

/** An unfinished build that is untouched for this long was left behind by a dead process. */
const abandonedMs = 60 * 60 * 1000;

/**
 * The prepared datasets of one key: folders `<key>-<8 random characters>` of one parent. A folder is written under a
 * temporary name, renamed when it is complete and never changed afterwards, and its name is never reused. Any process can
 * therefore remove a broken folder at any time, without a lock and without ever removing the complete one that replaced it.
 * Two processes that finish at the same moment leave two folders with the same content.
 */
export class PreparedFolders {
  readonly #parent: string;
  readonly #key: string;

  /**
   * @param parent folder of the prepared datasets, created when it is needed
   * @param key prefix of the folders' names; identifies the dataset, its source and the versions it was prepared with
   */
  constructor(parent: string, key: string) {
    this.#parent = parent;
    this.#key = key;
  }

  /** Returns the first complete dataset, after verifying every file of it, or null. Removes broken ones. */
  async findWhole(): Promise<PreparedDataset | null> {
    await makeFolder(this.#parent);
    for (const name of (await this.#names()).filter((found) => !found.endsWith(buildingSuffix))) {
      const folder = join(this.#parent, name);
      const digest = digestIfWhole(folder);
      if (digest !== null) return { folder, digest };
      await rm(folder, { recursive: true, force: true });
    }
    return null;
  }

  /**
   * Builds a dataset into a new folder, unless another process was faster. Leaves nothing behind when `build` fails.
   *
   * @param build writes a dataset into a folder that does not exist yet
   * @throws the errors of `build`; DomainError `dataset-broken` when the files cannot be verified
   */
  async add(build: (folder: string) => Promise<void>): Promise<PreparedDataset> {
    await this.#removeAbandoned();
    const folder = join(this.#parent, `${this.#key}-${randomUUID().slice(0, 8)}`);
    const building = `${folder}${buildingSuffix}`;
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
    for (const name of (await this.#names()).filter((found) => found.endsWith(buildingSuffix))) {
      const path = join(this.#parent, name);
      // Gone if its owner has just renamed it.
      const touchedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - touchedMs > abandonedMs) await rm(path, { recursive: true, force: true });
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
