import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { download, type PublishedFile } from '../../../../src/objectives/text-classifier/datasets/download.ts';
import { officialImdb, prepareDataset } from '../../../../src/objectives/text-classifier/datasets/prepare.ts';
import { proxiedFetch } from '../../../../src/shared/proxied-fetch.ts';
import { proxy } from '../../../shared/proxy.ts';
import { archiveOf, REVIEWS, tinyWorld } from './tiny-imdb.ts';

const CONTENT: Buffer = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 31) % 251));
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

type Answer = (response: ServerResponse, from: number, content: Buffer) => void;

/** Serves from the byte that was asked for, as a server with ranges does. */
const withRanges: Answer = (response, from, content) => {
  const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, from > 0 ? range : {}).end(content.subarray(from));
};
const withoutRanges: Answer = (response, _, content) => response.writeHead(200).end(content);

/** A server for one test, with what it was asked for. */
async function serve(answer: Answer, content: Buffer = CONTENT) {
  const ranges: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const range = request.headers.range ?? 'whole';
    ranges.push(range);
    answer(response, Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0), content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const published: PublishedFile = { url: `http://127.0.0.1:${address.port}/reviews.tar.gz`, bytes: content.length, md5: md5(content) };
  return {
    published,
    ranges,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Downloads into a folder of its own, over what an earlier attempt left. */
async function attempt(published: PublishedFile, folder: string, part: Uint8Array | null = null) {
  const file = join(folder, 'downloads', 'reviews.tar.gz');
  await mkdir(join(folder, 'downloads'), { recursive: true });
  if (part !== null) await writeFile(`${file}.part`, part);
  const texts: string[] = [];
  const failure: unknown = await download({ published, file, onProgress: ({ text }) => texts.push(text) }).then(
    () => null,
    (error: unknown) => error,
  );
  const content = existsSync(file) ? await readFile(file) : null;
  return { failure, content, part: existsSync(`${file}.part`) ? await readFile(`${file}.part`) : null, texts };
}

test('a file is fetched once, verified and renamed; a second call asks nobody', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  const first = await attempt(server.published, world.folder);
  expect(first).toMatchObject({ failure: null, content: CONTENT, part: null });
  expect(first.texts.at(-1)).toBe('Downloading: 0.1 MB of 0.1 MB');
  await attempt(server.published, world.folder);
  expect(server.ranges).toEqual(['whole']);
});

test('an interrupted download goes on where it ended', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  expect(await attempt(server.published, world.folder, CONTENT.subarray(0, 20_000))).toMatchObject({
    failure: null,
    content: CONTENT,
    part: null,
  });
  expect(server.ranges).toEqual(['bytes=20000-']);
});

test('an interrupted download starts anew at a server without ranges', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withoutRanges);
  expect(await attempt(server.published, world.folder, CONTENT.subarray(0, 20_000))).toMatchObject({ failure: null, content: CONTENT });
});

test('an interrupted download that is whole already is only renamed', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  expect(await attempt(server.published, world.folder, CONTENT)).toMatchObject({ failure: null, content: CONTENT, part: null });
  expect(server.ranges).toEqual([]);
});

test.each([
  ['damaged', Buffer.alloc(20_000, 1), ['bytes=20000-', 'whole']],
  ['too long', Buffer.alloc(60_000, 1), ['whole']],
])('an interrupted download that is %s is thrown away and fetched from the start', async (_, part, ranges) => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  expect(await attempt(server.published, world.folder, part)).toMatchObject({ failure: null, content: CONTENT, part: null });
  expect(server.ranges).toEqual(ranges);
});

test('a connection that breaks keeps what came, and the next attempt continues there', async () => {
  await using world = await tinyWorld();
  let broken = false;
  await using server = await serve((response, from, content) => {
    if (broken) return withRanges(response, from, content);
    broken = true;
    response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 30_000), () => response.destroy());
  });
  const first = await attempt(server.published, world.folder);
  expect(first.failure).toBeInstanceOf(Error);
  expect(first.content).toBeNull();
  const kept = first.part?.length ?? 0;
  expect(await attempt(server.published, world.folder)).toMatchObject({ failure: null, content: CONTENT });
  expect(server.ranges).toEqual(['whole', kept > 0 ? `bytes=${kept}-` : 'whole']);
});

test('an answer that ends early keeps what came and says so', async () => {
  await using world = await tinyWorld();
  await using server = await serve((response, _, content) => response.writeHead(200).end(content.subarray(0, 30_000)));
  const { failure, part, content } = await attempt(server.published, world.folder);
  expect(failure).toMatchObject({ message: expect.stringMatching(/stopped after 0\.0 MB of 0\.1 MB; the next attempt continues there/) });
  expect({ part: part?.length, content }).toEqual({ part: 30_000, content: null });
});

test.each<[string, Answer, RegExp]>([
  ['other bytes', (response) => response.end(Buffer.alloc(CONTENT.length)), /is not the published file: its MD5 is not/],
  ['a longer file', (response) => response.end(Buffer.alloc(CONTENT.length + 1)), /has a file of 50001 bytes, where 50000 are published/],
  [
    'more bytes than it announced',
    (response) => void response.write(CONTENT, () => response.end('x')),
    /more than the 50000 published bytes/,
  ],
  [
    'the login page of a network',
    (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>log in'),
    /answered with a web page, not with the file: a login page or a proxy may be in the way/,
  ],

  ['an error', (response) => response.writeHead(404).end(), /answered with status 404/],
])('a server that gives %s leaves no file behind', async (_, answer, message) => {
  await using world = await tinyWorld();
  await using server = await serve(answer);
  const { failure, content } = await attempt(server.published, world.folder);
  expect(failure).toMatchObject({ message: expect.stringMatching(message) });
  expect(content).toBeNull();
});

test('a page in place of the rest of a file leaves the part as it is, for the next attempt', async () => {
  await using world = await tinyWorld();
  let inTheWay = true;
  await using server = await serve((response, from, content) => {
    if (inTheWay) response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    else withRanges(response, from, content);
  });
  const first = await attempt(server.published, world.folder, CONTENT.subarray(0, 20_000));
  expect({ failed: first.failure !== null, part: first.part }).toEqual({ failed: true, part: CONTENT.subarray(0, 20_000) });
  inTheWay = false;
  expect(await attempt(server.published, world.folder)).toMatchObject({ failure: null, content: CONTENT });
  expect(server.ranges).toEqual(['bytes=20000-', 'bytes=20000-']);
});

test('a server that has no more bytes than the part is asked for the whole file', async () => {
  await using world = await tinyWorld();
  await using server = await serve((response, from, content) =>
    from > 0 ? response.writeHead(416).end() : withRanges(response, from, content),
  );
  expect(await attempt(server.published, world.folder, Buffer.alloc(20_000, 1))).toMatchObject({ failure: null, content: CONTENT });
  expect(server.ranges).toEqual(['bytes=20000-', 'whole']);
});

test.each<[string, (folder: string) => Promise<void>, RegExp]>([
  [
    'a full disk',
    async (folder) => {
      await mkdir(join(folder, 'downloads'));
      await symlink('/dev/full', join(folder, 'downloads', 'reviews.tar.gz.part'));
    },
    /^the data folder \S+ \(CLAVIER_DATA_DIR\) is on a disk that is full: free some space, or name another folder$/,
  ],
  [
    'a file in place of the folder for downloads',
    (folder) => writeFile(join(folder, 'downloads'), ''),
    /\(CLAVIER_DATA_DIR\) is not a folder/,
  ],
  [
    'a file in place of the folder for datasets',
    (folder) => writeFile(join(folder, 'datasets'), ''),
    /\(CLAVIER_DATA_DIR\) is not a folder/,
  ],
])('%s is said of the data folder, not of the network', async (_, spoil, message) => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  await spoil(world.folder);
  const prepared = prepareDataset({ name: 'imdb', dataFolder: world.folder, imdbArchive: null, imdbDownload: server.published });
  await expect(prepared).rejects.toMatchObject({ code: 'dataset-unavailable', message: expect.stringMatching(message) });
});

test('a downloaded file that was damaged since is fetched again', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  await attempt(server.published, world.folder);
  await writeFile(join(world.folder, 'downloads', 'reviews.tar.gz'), Buffer.alloc(CONTENT.length));
  expect(await attempt(server.published, world.folder)).toMatchObject({ failure: null, content: CONTENT });
});

test('two downloads of one file at once both end with it', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges);
  const both = await Promise.all([attempt(server.published, world.folder), attempt(server.published, world.folder)]);
  expect(both.map(({ failure }) => failure)).toEqual([null, null]);
  expect((await attempt(server.published, world.folder)).content).toEqual(CONTENT);
});

test('IMDB is downloaded where no archive is named, and needs no download again once it is prepared', async () => {
  await using world = await tinyWorld();
  await using server = await serve(withRanges, Buffer.from(await archiveOf(REVIEWS)));
  const prepare = () => prepareDataset({ name: 'imdb', dataFolder: world.folder, imdbArchive: null, imdbDownload: server.published });
  const first = await prepare();
  expect(await prepare()).toEqual(first);
  expect(server.ranges).toEqual(['whole']);
  expect(existsSync(join(world.folder, 'downloads', 'reviews.tar.gz'))).toBe(true);
});

test('IMDB is downloaded through a proxy; one that refuses is named, beside what to do without it', async () => {
  await using world = await tinyWorld();
  const archive = Buffer.from(await archiveOf(REVIEWS));
  await using server = await serve(withRanges, archive);
  const imdbDownload = { ...server.published, url: 'http://reviews.test/reviews.tar.gz' };
  const prepare = (port: number) =>
    prepareDataset({
      name: 'imdb',
      dataFolder: world.folder,
      imdbArchive: null,
      imdbDownload,
      fetch: proxiedFetch({ HTTP_PROXY: `http://127.0.0.1:${port}` }),
    });
  await using refusing = await proxy({ plain: 0, tls: 0 }, 407);
  await expect(prepare(refusing.port)).rejects.toMatchObject({
    code: 'dataset-unavailable',
    message: expect.stringMatching(/the proxy http:\/\/127\.0\.0\.1:\d+ \(HTTP_PROXY\) asks for a user.*set CLAVIER_IMDB_ARCHIVE/),
  });
  const { port } = new URL(server.published.url);
  await using through = await proxy({ plain: Number(port), tls: 0 });
  expect((await prepare(through.port)).digest).toMatch(/^[0-9a-f]{64}$/);
  expect(through.asked).toEqual(['GET http://reviews.test/reviews.tar.gz']);
});

test('a download that is out of reach says how to do without it', async () => {
  await using world = await tinyWorld();
  const closed = await serve(withRanges);
  await closed[Symbol.asyncDispose]();
  const failure: unknown = await prepareDataset({
    name: 'imdb',
    dataFolder: world.folder,
    imdbArchive: null,
    imdbDownload: closed.published,
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'dataset-unavailable',
    message: expect.stringMatching(/ECONNREFUSED.*set CLAVIER_IMDB_ARCHIVE to its path/),
  });
});

test('the official archive is the published one', () => {
  expect(officialImdb).toEqual({
    url: 'https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz',
    bytes: 84_125_825,
    md5: '7c2ac02c03563afcf9b574c7e56c153a',
  });
});
