import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DomainError, invariant } from '../../../shared/errors.ts';
import type { DatasetSource, OnProgress, SourceText } from './source.ts';
import type { SplitName } from './split.ts';
import { shuffleAndCut } from './splitting.ts';

/** Path of a labelled review in the official layout. Unsupervised reviews and word counts have other paths. */
const reviewPath = /^(?:\.\/)?aclImdb\/((train|test)\/(pos|neg)\/\d+_\d+\.txt)$/;

/** Number of reviews between two progress reports. */
const reviewsPerProgress = 5_000;

/**
 * Reads the Large Movie Review Dataset (Maas et al., ACL 2011) from a `.tar.gz` in its official layout,
 * `aclImdb/{train,test}/{pos,neg}/<id>_<rating>.txt`; label 1 is a favourable review. A fixed seed sets a fifth of the
 * training reviews aside for validation. Any number of reviews is accepted.
 *
 * @param archive path of the archive
 * @param identity identity of the archive, for instance its digest
 */
export function imdbSource(archive: string, identity: string): DatasetSource {
  return { identity, read: (onProgress) => readReviews(archive, onProgress), assign };
}

async function* readReviews(archive: string, onProgress: OnProgress): AsyncGenerator<SourceText> {
  const missing = new Set(['train', 'test']);
  for await (const review of archivedReviews(archive, onProgress)) {
    missing.delete(review.path.slice(0, review.path.indexOf('/')));
    yield review;
  }
  const [none] = missing;
  if (none === undefined) return;
  throw new DomainError(
    'dataset-unavailable',
    `${archive} contains no reviews under aclImdb/${none}: expected files such as aclImdb/${none}/pos/0_9.txt, as in the official archive aclImdb_v1.tar.gz`,
  );
}

async function* archivedReviews(archive: string, onProgress: OnProgress): AsyncGenerator<SourceText> {
  const { size } = await stat(archive);
  const file = createReadStream(archive);
  const entries = extract();
  // An error of any stage destroys `entries` with that error, which the loop below then throws.
  pipeline(file, createGunzip(), entries, () => undefined);
  let reviews = 0;
  try {
    for await (const entry of entries) {
      const [, path, , side] = reviewPath.exec(entry.header.name) ?? [];
      if (path === undefined) {
        entry.resume();
        continue;
      }
      if (reviews % reviewsPerProgress === 0)
        onProgress({ text: `Reading reviews: ${reviews.toLocaleString('en')}`, share: file.bytesRead / size });
      reviews += 1;
      yield { path, label: side === 'pos' ? 1 : 0, text: await entryText(entry) };
    }
  } catch (cause) {
    throw unreadable(archive, cause);
  }
}

async function entryText(entry: AsyncIterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) {
    invariant(chunk instanceof Uint8Array, 'the contents of an archive are bytes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(archive: string, cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DomainError(
    'dataset-unavailable',
    `${archive} is not a complete .tar.gz archive (${why}): fetch it again, or name another one`,
    { cause },
  );
}

function assign(paths: readonly string[]): Record<SplitName, Uint32Array> {
  const among = (folder: string) => Uint32Array.from([...paths.keys()].filter((index) => paths[index]?.startsWith(folder)));
  const training = among('train/');
  const testing = among('test/');
  const pick = (rows: Uint32Array, shares: number[]) => {
    const names = Array.from(rows, (row) => paths[row] as string);
    return shuffleAndCut({ paths: names, shares, seed: 'imdb' }).map((part) => part.map((place) => rows[place] as number));
  };
  const [train, validation] = pick(training, [0.8, 0.2]);
  const [test] = pick(testing, [1]);
  invariant(train !== undefined && validation !== undefined && test !== undefined, 'each share gives a part');
  return { train, validation, test };
}
