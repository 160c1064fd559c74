import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataset } from '../../src/objectives/text-classifier/datasets/prepare.ts';

/** A prepared dataset. Disposing it removes a dataset that was prepared for this run only. */
export interface BenchDataset extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Opens the prepared IMDB dataset, and prepares it first if necessary.
 *
 * @param path the archive, or a data folder of Clavier, in which the dataset and the download are kept
 */
export async function preparedImdb(path: string): Promise<BenchDataset> {
  const isFolder = (await stat(path)).isDirectory();
  const dataFolder = isFolder ? path : await mkdtemp(join(tmpdir(), 'clavier-bench-imdb-'));
  const remove = async (): Promise<void> => {
    if (!isFolder) await rm(dataFolder, { recursive: true, force: true });
  };
  try {
    const { folder } = await prepareDataset({ name: 'imdb', dataFolder, imdbArchive: isFolder ? null : path });
    return { folder, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
