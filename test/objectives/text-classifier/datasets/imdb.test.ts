import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Dataset, openDataset, type SplitName } from '../../../../src/objectives/text-classifier/datasets/dataset.ts';
import { prepareDataset } from '../../../../src/objectives/text-classifier/datasets/prepare.ts';
import { archiveOf, REVIEWS, tinyWorld } from './tiny-imdb.ts';

const prepare = (dataFolder: string, imdbArchive: string) => prepareDataset({ name: 'imdb', dataFolder, imdbArchive });

/** The rows of a split as "label: words", words beyond the vocabulary as ?. */
async function rowsOf(dataset: Dataset, folder: string, name: SplitName): Promise<string[]> {
  const words: string[] = JSON.parse(await readFile(join(folder, 'vocabulary.json'), 'utf8'));
  const { size, labels, offsets, tokens } = dataset.split(name);
  const text = (row: number) => Array.from(tokens.subarray(offsets[row], offsets[row + 1]), (rank) => words[rank] ?? '?').join(' ');
  return Array.from({ length: size }, (_, row) => `${labels[row]}: ${text(row)}`);
}

test('labelled reviews become rows of words; a fifth of the training reviews is for validation; the rest is ignored', async () => {
  await using world = await tinyWorld();
  const { folder, digest } = await prepare(world.folder, world.archive);
  const dataset = openDataset(folder);
  expect(dataset.digest).toBe(digest);
  expect(dataset.sizes).toEqual({ train: 4, validation: 1, test: 2 });
  const all = [...(await rowsOf(dataset, folder, 'train')), ...(await rowsOf(dataset, folder, 'validation'))].map(
    (row) => row.split(' ').length,
  );
  expect(all.sort((a, b) => a - b)).toEqual([4, 4, 7, 9, 10]);
  const words: string[] = JSON.parse(await readFile(join(folder, 'vocabulary.json'), 'utf8'));
  expect(words).not.toContain('unsupervised');
});

test('the vocabulary comes from the training split alone: a word of the test split is beyond it', async () => {
  await using world = await tinyWorld();
  const { folder } = await prepare(world.folder, world.archive);
  expect((await rowsOf(openDataset(folder), folder, 'test')).sort()).toEqual(['0: bad', '1: good film ? ?']);
  const counts = new Map<number, number>();
  for (const rank of openDataset(folder).split('train').tokens) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const byRank = [...counts].sort(([a], [b]) => a - b);
  expect(byRank.map(([rank]) => rank)).toEqual([...byRank.keys()]);
  expect(byRank.map(([, count]) => count)).toEqual(byRank.map(([, count]) => count).sort((a, b) => b - a));
});

test('the same reviews in another order, under ./ and in another archive are the same dataset in another folder', async () => {
  await using world = await tinyWorld();
  const reordered = Object.fromEntries(
    Object.entries(REVIEWS)
      .reverse()
      .map(([name, text]) => [`./${name}`, text]),
  );
  await using other = await tinyWorld(await archiveOf(reordered));
  const first = await prepare(world.folder, world.archive);
  const second = await prepare(world.folder, other.archive);
  expect(second.digest).toBe(first.digest);
  expect(second.folder).not.toBe(first.folder);
});

const changed = (change: (name: string, text: string, index: number) => [string, string | Buffer]) =>
  archiveOf(Object.fromEntries(Object.entries(REVIEWS).map(([name, text], index) => change(name, text, index))));

test.each<[string, Uint8Array]>([
  ['without its top folder', await changed((name, text) => [name.replace('aclImdb/', ''), text])],
  ['below another folder', await changed((name, text) => [`data/IMDB/${name}`, text])],
  ['with the paths of Windows', await changed((name, text) => [name.replaceAll('/', '\\'), text])],
  ['with names in upper case', await changed((name, text) => [name.toUpperCase(), text])],
  ['with names that need further headers', await changed((name, text) => [`${'folder/'.repeat(40)}${name}`, text])],
  [
    'with the files that macOS adds',
    await archiveOf({ ...REVIEWS, 'aclImdb/train/pos/._0_9.txt': '\0\x05\x16\x07', '__MACOSX/aclImdb/test/neg/._0_3.txt': '\0' }),
  ],
  ['that a browser has unpacked', gunzipSync(await archiveOf(REVIEWS))],
  ['with byte order marks and the line ends of Windows', await changed((name, text) => [name, `\ufeff${text}\r\n`])],
  ['in UTF-16 with byte order marks', await changed((name, text, index) => [name, utf16(text, index % 2 === 0)])],
])('an archive %s is the same dataset', async (_, archive) => {
  await using world = await tinyWorld();
  await using other = await tinyWorld(archive);
  expect((await prepare(world.folder, other.archive)).digest).toBe((await prepare(world.folder, world.archive)).digest);
});

function utf16(text: string, littleEndian: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
}

test('one changed review makes another dataset', async () => {
  await using world = await tinyWorld();
  await using other = await tinyWorld(await archiveOf({ ...REVIEWS, 'aclImdb/test/neg/0_3.txt': 'Dull' }));
  expect((await prepare(world.folder, other.archive)).digest).not.toBe((await prepare(world.folder, world.archive)).digest);
});

test.each([
  ['no archive', null, /missing\.tar\.gz \(CLAVIER_IMDB_ARCHIVE\) cannot be read/],
  [
    'a text',
    Buffer.from('plain text'),
    /cannot be used: it is something else, not a \.tar\.gz archive; the official archive is aclImdb_v1/,
  ],
  ['a web page', Buffer.from('\ufeff\n<!DOCTYPE html><html>log in'), /it is a web page, not a \.tar\.gz archive/],
  ['a ZIP', Buffer.from('PK\x03\x04'), /it is a ZIP archive/],
  ['an empty file', Buffer.alloc(0), /it is empty/],
  ['half a tar', gunzipSync(await archiveOf(REVIEWS)).subarray(0, 5000), /is not a complete \.tar\.gz archive/],
  [
    'reviews in Latin-1',
    await archiveOf({ ...REVIEWS, 'aclImdb/test/neg/1_1.txt': Buffer.from('caf\xe9', 'latin1') }),
    /neg\/1_1\.txt is not text in UTF-8/,
  ],
  [
    'reviews in UTF-16 without a mark',
    await archiveOf({ ...REVIEWS, 'aclImdb/test/neg/1_1.txt': Buffer.from('dull', 'utf16le') }),
    /is not text in UTF-8/,
  ],
  ['a review twice', await archiveOf({ ...REVIEWS, './aclImdb/test/neg/0_3.txt': 'Bad' }), /it contains test\/neg\/0_3\.txt twice/],
  [
    'links in place of files',
    await archiveOf(REVIEWS, { 'aclImdb/test/neg/1_1.txt': 'aclImdb/test/neg/0_3.txt' }),
    /1_1\.txt is a link: pack the files/,
  ],
  ['a gzip without a tar in it', gzipSync(Buffer.alloc(2000, 'x')), /is not a complete \.tar\.gz archive/],
  ['half an archive', (await archiveOf(REVIEWS)).subarray(0, -120), /is not a complete \.tar\.gz archive/],
  ['an archive without reviews', await archiveOf({ 'aclImdb/README': 'x' }), /contains no reviews/],
  [
    'an archive without test reviews',
    await archiveOf({ 'aclImdb/train/pos/0_9.txt': 'x', 'aclImdb/train/neg/0_1.txt': 'y' }),
    /contains no reviews under aclImdb\/test/,
  ],
  [
    'an archive too small to set reviews aside for validation',
    await archiveOf({ 'aclImdb/train/pos/0_9.txt': 'x', 'aclImdb/train/neg/0_1.txt': 'y', 'aclImdb/test/neg/0_1.txt': 'z' }),
    /too few texts: none is left for the validation split/,
  ],
])('%s is a plain message, and nothing is left behind', async (_, archive, message) => {
  await using world = await tinyWorld(archive);
  const path = archive === null ? join(world.folder, 'missing.tar.gz') : world.archive;
  const failure = await prepare(world.folder, path).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'dataset-unavailable', message: expect.stringMatching(message) });
  const datasets = join(world.folder, 'datasets');
  expect(existsSync(datasets) ? await readdir(datasets) : []).toEqual([]);
});
