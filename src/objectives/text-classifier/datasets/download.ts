import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OnProgress } from './source.ts';

/** A published file whose bytes are known beforehand. */
export interface PublishedFile {
  readonly url: string;
  readonly bytes: number;
  /** As its publisher gives it, hexadecimal. It tells a damaged file, not a forged one. */
  readonly md5: string;
}

/** What is downloaded, and where to. */
export interface DownloadOptions {
  readonly published: PublishedFile;
  /** Where the file lies once it is complete and verified; until then it grows beside it as `<file>.part`. */
  readonly file: string;
  readonly onProgress: OnProgress;
}

/** Bytes between two lines of progress. */
const PROGRESS_EVERY_BYTES = 1_000_000;

/**
 * Downloads a file unless it is there, verifies it and renames it into place. An interrupted download goes on where it
 * ended if the server serves ranges, and starts anew if not. One that ends with other bytes is thrown away, and fetched
 * once more from the start if it had been continued.
 *
 * Two processes may download at once: each writes the same bytes to the same places.
 *
 * @throws Error when the server is out of reach, answers with something else or stops before the end
 */
export async function download({ published, file, onProgress }: DownloadOptions): Promise<void> {
  if ((await sizeOf(file)) === published.bytes && (await md5Of(file)) === published.md5) return;
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  const continued = (await sizeOf(part)) > 0;
  await fetchInto(part, published, onProgress);
  if (await putInPlace(part, file, published)) return;
  await rm(part, { force: true });
  if (!continued) throw new Error(`what ${published.url} serves is not the published file: its MD5 is not ${published.md5}`);
  onProgress({ text: 'What was there of an earlier download is damaged: starting anew', share: 0 });
  return download({ published, file, onProgress });
}

/** Fetches what is missing of a file. When it returns, the file has as many bytes as are published. */
async function fetchInto(part: string, published: PublishedFile, onProgress: OnProgress): Promise<void> {
  if ((await sizeOf(part)) > published.bytes) await rm(part, { force: true });
  const present = await sizeOf(part);
  if (present === published.bytes) return;
  const { body, from } = await request(published.url, present);
  const file = await open(part, constants.O_RDWR | constants.O_CREAT);
  try {
    const end = await writeFrom(file, from, body, published.bytes, onProgress);
    await file.sync();
    if (end < published.bytes)
      throw new Error(
        `${published.url} stopped after ${megabytes(end)} of ${megabytes(published.bytes)}; the next attempt continues there`,
      );
  } finally {
    await file.close();
  }
}

/** Asks for a file from some byte on, and says where the answer begins: there, or at 0 from a server without ranges. */
async function request(url: string, from: number): Promise<{ body: AsyncIterable<Uint8Array>; from: number }> {
  const response = await fetch(url, { headers: from > 0 ? { range: `bytes=${from}-` } : {} });
  if (!response.ok || response.body === null) throw new Error(`${url} answers with status ${response.status}`);
  if (response.status !== 206) return { body: response.body, from: 0 };
  const range = response.headers.get('content-range') ?? 'nothing';
  if (!range.startsWith(`bytes ${from}-`)) throw new Error(`${url} was asked for bytes from ${from} on and gives ${range}`);
  return { body: response.body, from };
}

async function writeFrom(
  file: FileHandle,
  from: number,
  body: AsyncIterable<Uint8Array>,
  bytes: number,
  onProgress: OnProgress,
): Promise<number> {
  let position = from;
  let reported = Number.NEGATIVE_INFINITY;
  for await (const chunk of body) {
    if (position + chunk.length > bytes) throw new Error(`more than the ${bytes} published bytes came`);
    await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
    if (position - reported < PROGRESS_EVERY_BYTES && position < bytes) continue;
    reported = position;
    onProgress({ text: `Downloading: ${megabytes(position)} of ${megabytes(bytes)}`, share: position / bytes });
  }
  return position;
}

/** Renames a download if it is the published file, and says whether it was. */
async function putInPlace(part: string, file: string, { bytes, md5 }: PublishedFile): Promise<boolean> {
  try {
    if ((await md5Of(part)) !== md5) return false;
    await rename(part, file);
  } catch (error) {
    // Unless another process has finished the same download and renamed it under our hands.
    if ((await sizeOf(file)) !== bytes) throw error;
  }
  return true;
}

/** Size of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
