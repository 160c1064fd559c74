import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { digestOf } from '../../../shared/digest.ts';
import { DomainError } from '../../../shared/errors.ts';
import { TOKENIZER_VERSION } from '../tokens.ts';
import { buildDataset } from './build.ts';
import type { DatasetName } from './catalogue.ts';
import { download, type PublishedFile } from './download.ts';
import { imdbSource } from './imdb.ts';
import { FORMAT_VERSION } from './manifest.ts';
import { type PreparedDataset, PreparedFolders } from './prepared-folders.ts';
import type { DatasetSource, OnProgress } from './source.ts';
import { spamAssassinSource } from './spam-assassin.ts';

export type { PreparedDataset } from './prepared-folders.ts';

/** The official archive of the Large Movie Review Dataset, at its official home. */
export const OFFICIAL_IMDB: PublishedFile = {
  url: 'https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz',
  bytes: 84_125_825,
  md5: '7c2ac02c03563afcf9b574c7e56c153a',
};

/** What is prepared, and where. */
export interface PrepareOptions {
  readonly name: DatasetName;
  /** Prepared datasets lie in `datasets/` under it, downloads in `downloads/`. */
  readonly dataFolder: string;
  /** Path of an IMDB archive, or null: the official one is downloaded. */
  readonly imdbArchive: string | null;
  readonly onProgress?: OnProgress;
  /** What is downloaded where no archive is named: another place that serves the official archive. */
  readonly imdbDownload?: PublishedFile;
}

/** How a dataset comes to its source: what it is called before it is read, and how to reach it. */
interface Plan {
  readonly identity: string;
  /** Makes the source readable; may take minutes. */
  reach(): Promise<DatasetSource>;
}

/**
 * Prepares a dataset: tokenised, split and ranked once, kept under the data folder and taken from there ever after. The
 * folder is named by what the dataset was read from and by the versions of the tokeniser and of the files; a dataset that
 * is there is verified, and rebuilt if it is broken. A death at any moment leaves a whole dataset or none, and two
 * processes may prepare the same one at once (see `PreparedFolders`).
 *
 * @throws DomainError `dataset-unavailable` when the texts cannot be had; the message says what to do
 */
export async function prepareDataset(options: PrepareOptions): Promise<PreparedDataset> {
  const { name, dataFolder, onProgress = () => undefined } = options;
  const plan = await planFor({ ...options, onProgress });
  const key = digestOf({ name, source: plan.identity, tokenizer: TOKENIZER_VERSION, format: FORMAT_VERSION });
  const folders = new PreparedFolders(join(dataFolder, 'datasets'), `${name}-${key.slice(0, 16)}`);
  const whole = await folders.findWhole();
  if (whole !== null) return whole;
  const source = await plan.reach();
  return folders.add((folder) => buildDataset({ name, source, folder, onProgress }));
}

/** One way to the texts for each dataset of the catalogue. */
function planFor(options: PrepareOptions & { readonly onProgress: OnProgress }): Plan | Promise<Plan> {
  switch (options.name) {
    case 'spam-assassin': {
      const source = spamAssassinSource();
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

/** The official archive is known by its digest before it is there: what was prepared from it needs no download again. */
function downloadPlan({
  dataFolder,
  onProgress,
  imdbDownload: published = OFFICIAL_IMDB,
}: PrepareOptions & { readonly onProgress: OnProgress }): Plan {
  const identity = `md5:${published.md5}`;
  const file = join(dataFolder, 'downloads', basename(new URL(published.url).pathname));
  const reach = async (): Promise<DatasetSource> => {
    try {
      await download({ published, file, onProgress });
    } catch (cause) {
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
  return `The IMDB archive (${size}) could not be downloaded from ${url}: ${reasons.join(': ')}. Fetch it by other means and name its path in CLAVIER_IMDB_ARCHIVE.`;
}

async function sha256Of(archive: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(archive)) hash.update(chunk);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('dataset-unavailable', `The IMDB archive ${archive} (CLAVIER_IMDB_ARCHIVE) cannot be read: ${why}.`, { cause });
  }
  return hash.digest('hex');
}
