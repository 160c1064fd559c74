import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { digestOf } from '../../../shared/digest.ts';
import { DomainError } from '../../../shared/errors.ts';
import { tokenizerVersion } from '../tokens.ts';
import { buildDataset } from './build.ts';
import { type DatasetName, latestVersion } from './catalogue.ts';
import { download, type PublishedFile } from './download.ts';
import { imdbSource } from './imdb.ts';
import { formatVersion } from './manifest.ts';
import { type PreparedDataset, PreparedFolders } from './prepared-folders.ts';
import type { DatasetSource, OnProgress } from './source.ts';
import { spamAssassinSource } from './spam-assassin.ts';

export type { PreparedDataset } from './prepared-folders.ts';

/** The official archive of the Large Movie Review Dataset at its official address. */
export const officialImdb: PublishedFile = {
  url: 'https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz',
  bytes: 84_125_825,
  md5: '7c2ac02c03563afcf9b574c7e56c153a',
};

/** The dataset to prepare and its place. */
export interface PrepareOptions {
  readonly name: DatasetName;
  /** Version of its texts. Absent: 1. */
  readonly version?: number;
  /** Prepared datasets are stored in its subfolder `datasets/`, downloads in `downloads/`. */
  readonly dataFolder: string;
  /** Path of an IMDB archive, or null to download the official one. */
  readonly imdbArchive: string | null;
  readonly onProgress?: OnProgress;
  /** Another address of the official archive, to download it from if no archive is given. */
  readonly imdbDownload?: PublishedFile;
  /** Sends the requests of the download. Default: the platform's fetch. */
  readonly fetch?: typeof fetch;
}

/** The way to a dataset's source: its identity, which is known before the source is read, and a function that makes it readable. */
interface Plan {
  readonly identity: string;
  /**
   * Makes the source readable. May take minutes.
   *
   * @throws DomainError `dataset-unavailable`
   */
  reach(): Promise<DatasetSource>;
}

/**
 * Prepares a dataset: tokenises, splits and ranks it once, and keeps it under the data folder for later calls. The name of
 * the folder depends on the source and on the versions of the tokeniser and of the file layout. An existing dataset is
 * verified, and rebuilt if it is broken. A crash at any moment leaves a complete dataset or none, and two processes may
 * prepare the same dataset at once (see `PreparedFolders`).
 *
 * @throws DomainError `dataset-unavailable` when the texts cannot be obtained or stored; the message says what to do
 */
export async function prepareDataset(options: PrepareOptions): Promise<PreparedDataset> {
  const { name, version = 1, dataFolder, onProgress = () => undefined } = options;
  requireVersion(name, version);
  const plan = await planFor({ ...options, version, onProgress });
  const key = digestOf({ name, source: plan.identity, tokenizer: tokenizerVersion, format: formatVersion });
  const folders = new PreparedFolders(join(dataFolder, 'datasets'), `${name}-${key.slice(0, 16)}`);
  try {
    const whole = await folders.findWhole();
    if (whole !== null) return whole;
    const source = await plan.reach();
    return await folders.add((folder) => buildDataset({ name, source, folder, onProgress }));
  } catch (error) {
    throw folderFault(error, dataFolder) ?? error;
  }
}

/** Reasons why nothing can be written into the data folder, by the codes of the system's errors. */
const folderFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'is on a disk that is full: free some space',
  EDQUOT: 'is over its quota: free some space',
  EROFS: 'is on a read-only disk',
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  ENOTDIR: 'is not a folder',
  EEXIST: 'is not a folder',
};

function folderFault(error: unknown, dataFolder: string): DomainError | null {
  const why = error instanceof Error && 'code' in error && 'syscall' in error ? folderFaults[String(error.code)] : undefined;
  if (why === undefined) return null;
  const message = `the data folder ${dataFolder} (CLAVIER_DATA_DIR) ${why}, or name another folder`;
  return new DomainError('dataset-unavailable', message, { cause: error });
}

/** A job of a newer service may name a version of the texts that this code does not have. */
function requireVersion(name: DatasetName, version: number): void {
  const latest = latestVersion(name);
  if (version <= latest) return;
  throw new DomainError(
    'dataset-unavailable',
    `this runner has the texts of the dataset ${name} up to version ${latest}, and the study has version ${version}: run it with the version of Clavier that created the study`,
  );
}

/** Returns the plan of a dataset of the catalogue. */
function planFor(options: PrepareOptions & { readonly version: number; readonly onProgress: OnProgress }): Plan | Promise<Plan> {
  switch (options.name) {
    case 'spam-assassin': {
      const source = spamAssassinSource(options.version);
      return { identity: source.identity, reach: async () => source };
    }
    case 'imdb':
      return options.imdbArchive === null ? downloadPlan(options) : archivePlan(options.imdbArchive);
  }
}

async function archivePlan(archive: string): Promise<Plan> {
  const identity = `sha256:${await sha256Of(archive)}`;
  return { identity, reach: async () => imdbSource(archive, identity) };
}

/** The digest of the official archive is known before the download, so a dataset prepared from it needs no second download. */
function downloadPlan({
  dataFolder,
  onProgress,
  imdbDownload: published = officialImdb,
  fetch: send = fetch,
}: PrepareOptions & { readonly onProgress: OnProgress }): Plan {
  const identity = `md5:${published.md5}`;
  const file = join(dataFolder, 'downloads', basename(new URL(published.url).pathname));
  const reach = async (): Promise<DatasetSource> => {
    try {
      await download({ published, file, onProgress, fetch: send });
    } catch (cause) {
      const fault = folderFault(cause, dataFolder);
      if (fault !== null) throw fault;
      throw new DomainError('dataset-unavailable', downloadFailed(published, cause), { cause });
    }
    return imdbSource(file, identity);
  };
  return { identity, reach };
}

function downloadFailed({ url, bytes }: PublishedFile, error: unknown): string {
  const reasons: string[] = [];
  for (let reason = error; reason instanceof Error; reason = reason.cause) reasons.push(reason.message);
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `the IMDB archive (${size}) could not be downloaded from ${url}: ${reasons.join(': ')}; fetch it by other means and set CLAVIER_IMDB_ARCHIVE to its path`;
}

async function sha256Of(archive: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(archive)) hash.update(chunk);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('dataset-unavailable', `the IMDB archive ${archive} (CLAVIER_IMDB_ARCHIVE) cannot be read: ${why}`, { cause });
  }
  return hash.digest('hex');
}
