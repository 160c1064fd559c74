import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../../shared/make-folder.ts';
import type { OnProgress } from './source.ts';

/** A published file whose content is known in advance. */
export interface PublishedFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal, as published. It detects a damaged file, not a forged one. */
  readonly md5: string;
}

/** The file to download and its target path. */
export interface DownloadOptions {
  readonly published: PublishedFile;
  /** Path of the file once it is complete and verified. Until then it grows as `<file>.part`. */
  readonly file: string;
  readonly onProgress: OnProgress;
  /** Default: the platform's fetch. */
  readonly fetch?: typeof fetch;
}

/** Number of bytes between two progress reports. */
const progressEveryBytes = 1_000_000;

/**
 * Downloads a file unless it exists, verifies it and renames it into place. An interrupted download continues where it
 * ended if the server supports ranges, or else starts again. A download with the wrong content is deleted, and fetched once
 * more from the start if it was a continued one.
 *
 * Two processes may download at once: both write the same bytes at the same positions.
 *
 * @throws Error when the server is unreachable, sends something else or stops before the end
 */
export async function download({ published, file, onProgress, fetch: send = fetch }: DownloadOptions): Promise<void> {
  if ((await sizeOf(file)) === published.bytes && (await md5Of(file)) === published.md5) return;
  await makeFolder(dirname(file));
  const part = `${file}.part`;
  const continued = (await sizeOf(part)) > 0;
  await fetchInto(part, published, send, onProgress);
  if (await putInPlace(part, file, published)) return;
  await rm(part, { force: true });
  if (!continued) throw new Error(`the file at ${published.url} is not the published file: its MD5 is not ${published.md5}`);
  onProgress({ text: 'The partial file of an earlier download is damaged; downloading again from the start', share: 0 });
  return download({ published, file, onProgress, fetch: send });
}

/**
 * Fetches the missing part of a file. On return, the file has as many bytes as the published one.
 *
 * @throws Error when the server is unreachable, sends something else or stops before the end
 */
async function fetchInto(part: string, published: PublishedFile, send: typeof fetch, onProgress: OnProgress): Promise<void> {
  if ((await sizeOf(part)) > published.bytes) await rm(part, { force: true });
  const present = await sizeOf(part);
  if (present === published.bytes) return;
  const { body, from } = await request(published, present, send);
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

/**
 * Requests a file from a byte on. The result says where the answer begins: there, or at 0 if the server does not support ranges. A
 * page in place of the file (of a network that wants a login, or of a proxy) is refused before anything of it is written.
 */
async function request(
  published: PublishedFile,
  from: number,
  send: typeof fetch,
): Promise<{ body: AsyncIterable<Uint8Array>; from: number }> {
  const { url, bytes } = published;
  const response = await send(url, { headers: { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) } });
  const refuse = async (message: string): Promise<never> => {
    await response.body?.cancel();
    throw new Error(message);
  };
  // The server has a shorter file than the part of it that is here: the part is useless.
  if (response.status === 416 && from > 0) {
    await response.body?.cancel();
    return request(published, 0, send);
  }
  if (!response.ok || response.body === null) return refuse(`${url} answered with status ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  if (/^(?:text\/html|application\/xhtml)/i.test(type))
    return refuse(`${response.url || url} answered with a web page, not with the file: a login page or a proxy may be in the way`);
  const size = sizeAnnounced(response);
  if (size !== null && size !== bytes) return refuse(`${url} has a file of ${size} bytes, where ${bytes} are published`);
  if (response.status !== 206) return { body: response.body, from: 0 };
  const range = response.headers.get('content-range') ?? 'nothing';
  if (!range.startsWith(`bytes ${from}-`)) throw new Error(`${url} was asked for the bytes from ${from} on and sent ${range}`);
  return { body: response.body, from };
}

/** Size of the whole file as the server announces it; null if it does not, or if the body is encoded on its way. */
function sizeAnnounced({ status, headers }: Response): number | null {
  if (headers.get('content-encoding') !== null) return null;
  const text = status === 206 ? /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] : headers.get('content-length');
  return text === null || text === undefined ? null : Number(text);
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
    if (position + chunk.length > bytes) throw new Error(`the server sent more than the ${bytes} published bytes`);
    await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
    if (position - reported < progressEveryBytes && position < bytes) continue;
    reported = position;
    onProgress({ text: `Downloading: ${megabytes(position)} of ${megabytes(bytes)}`, share: position / bytes });
  }
  return position;
}

/** Renames a download if it is the published file, and returns whether it is. */
async function putInPlace(part: string, file: string, { bytes, md5 }: PublishedFile): Promise<boolean> {
  try {
    if ((await md5Of(part)) !== md5) return false;
    await rename(part, file);
  } catch (error) {
    // No error if another process finished the same download and renamed our file meanwhile.
    if ((await sizeOf(file)) !== bytes) throw error;
  }
  return true;
}

/** Returns the size of a file; 0 if there is none. */
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
