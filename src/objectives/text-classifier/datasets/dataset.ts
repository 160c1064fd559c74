import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../../shared/errors.ts';
import { datasetDigest, filesOf, type Manifest, manifestFile, manifestSchema } from './manifest.ts';
import type { Split, SplitName } from './split.ts';
import { decodeSplit } from './split-file.ts';

export { type Split, type SplitName, shrink, validationSizeFor } from './split.ts';

/** A prepared dataset on disk. A split is read when it is first requested. */
export interface Dataset {
  readonly name: string;
  /** Digest of the texts, their labels, their split and their tokens (see `datasetDigest`). */
  readonly digest: string;
  /** Rows of each split, from the manifest. */
  readonly sizes: Readonly<Record<SplitName, number>>;
  /**
   * Reads a split and checks its digest; later calls return the same object. No other function opens the file of the test
   * split, except `verifyDataset`.
   *
   * @throws DomainError `dataset-broken` when the file does not match the manifest
   */
  split(name: SplitName): Split;
}

/**
 * Opens a folder that `prepareDataset` returned: reads the manifest and checks the size of every file without opening it.
 *
 * @throws DomainError `dataset-broken` when the manifest or a file is missing or damaged: prepare the dataset again
 */
export function openDataset(folder: string): Dataset {
  const manifest = readManifest(folder);
  checkSizes(folder, manifest);
  const read = new Map<SplitName, Split>();
  return {
    name: manifest.name,
    digest: manifest.digest,
    sizes: { train: manifest.splits.train.rows, validation: manifest.splits.validation.rows, test: manifest.splits.test.rows },
    split(name) {
      const split = read.get(name) ?? readSplit(folder, name, manifest);
      read.set(name, split);
      return split;
    },
  };
}

/**
 * Opens a dataset and checks the digest of every file, the test split included.
 *
 * @throws DomainError `dataset-broken`
 */
export function verifyDataset(folder: string): Dataset {
  const dataset = openDataset(folder);
  for (const { file, sha256 } of filesOf(readManifest(folder))) readChecked(folder, file, sha256);
  return dataset;
}

function readManifest(folder: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')));
  } catch (cause) {
    throw broken(folder, `${manifestFile} is missing or invalid`, cause);
  }
  if (datasetDigest(manifest) !== manifest.digest) throw broken(folder, `the digest in ${manifestFile} does not match its contents`);
  return manifest;
}

function checkSizes(folder: string, manifest: Manifest): void {
  for (const { file, bytes } of filesOf(manifest)) {
    const found = statSync(join(folder, file), { throwIfNoEntry: false })?.size;
    if (found === undefined) throw broken(folder, `${file} is missing`);
    if (found !== bytes) throw broken(folder, `${file} has ${found} bytes where ${bytes} are expected`);
  }
}

function readSplit(folder: string, name: SplitName, manifest: Manifest): Split {
  const file = `${name}.bin`;
  const bytes = readChecked(folder, file, manifest.splits[name].sha256);
  try {
    return decodeSplit(bytes);
  } catch (cause) {
    throw broken(folder, `${file} is not a split`, cause);
  }
}

function readChecked(folder: string, file: string, sha256: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(folder, file));
  } catch (cause) {
    throw broken(folder, `${file} cannot be read`, cause);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw broken(folder, `${file} has been changed or damaged`);
  return bytes;
}

function broken(folder: string, what: string, cause?: unknown): DomainError {
  return new DomainError('dataset-broken', `the prepared dataset in ${folder} is broken: ${what}; preparing it again rebuilds it`, {
    cause,
  });
}
