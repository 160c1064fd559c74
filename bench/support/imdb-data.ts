import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedDataset, prepareDataset } from '../../src/training/datasets/prepare.ts';

/**
 * The prepared IMDB dataset.
 *
 * @param path the archive, or a data folder of Clavier's that holds the dataset or the download (or will)
 */
export async function preparedImdb(path: string): Promise<PreparedDataset> {
  const isFolder = (await stat(path)).isDirectory();
  const dataFolder = isFolder ? path : await mkdtemp(join(tmpdir(), 'clavier-bench-imdb-'));
  return prepareDataset({ name: 'imdb', dataFolder, imdbArchive: isFolder ? null : path });
}
