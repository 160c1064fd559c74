import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { DomainError, invariant } from '../../../shared/errors.ts';
import type { DatasetSource, OnProgress, SourceText } from './source.ts';
import type { SplitName } from './split.ts';
import { shuffleAndCut } from './splitting.ts';

/**
 * Path of a labelled review in the official layout, below any folders. Unsupervised reviews, word counts and the `._` files of macOS
 * have other paths.
 */
const reviewPath = /^(?:.*\/)?((?:train|test)\/(pos|neg)\/\d+_\d+\.txt)$/;

/** Number of reviews between two progress reports. */
const reviewsPerProgress = 5_000;

/**
 * Reads the Large Movie Review Dataset (Maas et al., ACL 2011) from a `.tar.gz`, or a `.tar` that a browser has unpacked, in its official
 * layout, `aclImdb/{train,test}/{pos,neg}/<id>_<rating>.txt`; label 1 is a favourable review. A fixed seed sets a fifth of the
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
  const seen = new Set<string>();
  try {
    const { size } = await stat(archive);
    const compressed = await isCompressed(archive);
    const file = createReadStream(archive);
    const entries = extract();
    // An error of any stage destroys `entries` with that error, which the loop below then throws.
    if (compressed) pipeline(file, createGunzip(), entries, () => undefined);
    else pipeline(file, entries, () => undefined);
    for await (const entry of entries) {
      const [path, side] = reviewAt(archive, entry.header, seen) ?? [];
      if (path === undefined) {
        entry.resume();
        continue;
      }
      if (seen.size % reviewsPerProgress === 0)
        onProgress({ text: `Reading reviews: ${seen.size.toLocaleString('en')}`, share: file.bytesRead / size });
      seen.add(path);
      const text = reviewText(await entryBytes(entry));
      if (text === null) throw unusable(archive, `${entry.header.name} is not text in UTF-8`);
      yield { path, label: side === 'pos' ? 1 : 0, text };
    }
  } catch (cause) {
    throw cause instanceof DomainError ? cause : unreadable(archive, cause);
  }
}

/** The path of a review and its side; null for other entries. */
function reviewAt(archive: string, { name, type }: Header, seen: ReadonlySet<string>): [path: string, side: string] | null {
  const [, path, side] = reviewPath.exec(name.replaceAll('\\', '/').toLowerCase()) ?? [];
  if (path === undefined || side === undefined || type === 'directory') return null;
  if (type === 'link' || type === 'symlink')
    throw unusable(archive, `${name} is a link: pack the files themselves (tar --dereference --hard-dereference)`);
  if (seen.has(path)) throw unusable(archive, `it contains ${path} twice`);
  return [path, side];
}

/**
 * Tells a gzip from a tar by its first bytes.
 *
 * @throws DomainError `dataset-unavailable` for a file that is neither, saying what it seems to be
 */
async function isCompressed(archive: string): Promise<boolean> {
  await using file = await open(archive);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
  const start = buffer.subarray(0, bytesRead);
  if (start[0] === 0x1f && start[1] === 0x8b) return true;
  if (start.toString('latin1', 257, 262) === 'ustar') return false;
  throw unusable(archive, `it is ${kindOf(start)}, not a .tar.gz archive`);
}

function kindOf(start: Buffer): string {
  const text = start
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start.length === 0) return 'empty';
  if (/^<(?:!doctype|html|head|!--|\?xml)/i.test(text)) return 'a web page';
  if (text.startsWith('PK')) return 'a ZIP archive';
  if (text.startsWith('BZh')) return 'compressed by bzip2';
  if (text.startsWith('\xfd7zXZ')) return 'compressed by xz';
  return 'something else';
}

async function entryBytes(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) {
    invariant(chunk instanceof Uint8Array, 'the contents of an archive are bytes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8, or UTF-16 that says so with a byte order mark. null: it is neither, such as Latin-1, whose accents would be lost. */
function reviewText(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return new TextDecoder('utf-16le').decode(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16());
  try {
    const text = utf8.decode(bytes);
    return text.includes('\0') ? null : text;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function unusable(archive: string, why: string): DomainError {
  return new DomainError(
    'dataset-unavailable',
    `${archive} cannot be used: ${why}; the official archive is aclImdb_v1.tar.gz of ai.stanford.edu/~amaas/data/sentiment`,
  );
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
