import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../../../src/objectives/text-classifier/datasets/dataset.ts';
import { prepareDataset } from '../../../../src/objectives/text-classifier/datasets/prepare.ts';
import { tinyWorld } from './tiny-imdb.ts';

const prepare = (world: { folder: string; archive: string }, texts: string[] = []) =>
  prepareDataset({ name: 'imdb', dataFolder: world.folder, imdbArchive: world.archive, onProgress: ({ text }) => texts.push(text) });

/** Turns over the bits of the last byte: the size stays. */
async function damage(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
  await writeFile(file, bytes);
}

async function editManifest(folder: string, change: (text: string) => string): Promise<void> {
  const file = join(folder, 'manifest.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
}

describe('a dataset that is there', () => {
  test('is taken as it is, without reading its source again', async () => {
    await using world = await tinyWorld();
    const first = await prepare(world);
    const texts: string[] = [];
    expect(await prepare(world, texts)).toEqual(first);
    expect(texts).toEqual([]);
  });

  test('lies alone in its folder: nothing of the build is left beside it', async () => {
    await using world = await tinyWorld();
    const { folder } = await prepare(world);
    expect(await readdir(join(world.folder, 'datasets'))).toEqual([basename(folder)]);
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'test.bin', 'train.bin', 'validation.bin', 'vocabulary.json']);
  });
});

const readAll = (folder: string) => {
  const dataset = openDataset(folder);
  return (['train', 'validation', 'test'] as const).map((name) => dataset.split(name).size);
};

describe('a broken dataset is refused, and rebuilt to the same digest', () => {
  test.each<[string, (folder: string) => Promise<void>]>([
    ['a split cut short', (folder) => truncate(join(folder, 'train.bin'), 9)],
    ['a changed byte in a split', (folder) => damage(join(folder, 'validation.bin'))],
    ['a changed byte in the test split', (folder) => damage(join(folder, 'test.bin'))],
    ['a missing file', (folder) => rm(join(folder, 'vocabulary.json'))],
    ['a missing manifest', (folder) => rm(join(folder, 'manifest.json'))],
    ['a manifest cut short', (folder) => truncate(join(folder, 'manifest.json'), 40)],
    ['a manifest of another format', (folder) => editManifest(folder, (text) => text.replace('"format": 1', '"format": 2'))],
    ['a manifest that says something else', (folder) => editManifest(folder, (text) => text.replace('"positives": 1', '"positives": 0'))],
    ['a missing folder', (folder) => rm(folder, { recursive: true })],
  ])('%s', async (_, breakIt) => {
    await using world = await tinyWorld();
    const first = await prepare(world);
    await breakIt(first.folder);
    const refusal = { code: 'dataset-broken', message: expect.stringContaining(first.folder) };
    expect(() => readAll(first.folder)).toThrow(expect.objectContaining(refusal));
    const rebuilt = await prepare(world);
    expect(rebuilt.digest).toBe(first.digest);
    expect(readAll(rebuilt.folder)).toEqual([4, 1, 2]);
    expect(await readdir(join(world.folder, 'datasets'))).toHaveLength(1);
  });

  test('a changed byte in the vocabulary, which training does not read', async () => {
    await using world = await tinyWorld();
    const { folder } = await prepare(world);
    const words = await readFile(join(folder, 'vocabulary.json'));
    await damage(join(folder, 'vocabulary.json'));
    expect(await readFile(join((await prepare(world)).folder, 'vocabulary.json'))).toEqual(words);
  });
});

test('the test split is not read before it is asked for', async () => {
  await using world = await tinyWorld();
  const { folder } = await prepare(world);
  await damage(join(folder, 'test.bin'));
  const dataset = openDataset(folder);
  expect(dataset.split('train').size + dataset.split('validation').size).toBe(5);
  expect(() => dataset.split('test')).toThrow(expect.objectContaining({ code: 'dataset-broken' }));
});

test('a split that is asked for again is not read again', async () => {
  await using world = await tinyWorld();
  const dataset = openDataset((await prepare(world)).folder);
  expect(dataset.split('train')).toBe(dataset.split('train'));
});

test('several preparations at once all end with the same whole dataset, where a broken one lay as well', async () => {
  await using world = await tinyWorld();
  const { folder, digest } = await prepare(world);
  for (let round = 0; round < 5; round += 1) {
    for (const name of await readdir(join(world.folder, 'datasets'))) await truncate(join(world.folder, 'datasets', name, 'test.bin'), 1);
    const prepared = await Promise.all([prepare(world), prepare(world), prepare(world)]);
    expect(prepared.map((one) => one.digest)).toEqual([digest, digest, digest]);
    for (const one of prepared) expect(readAll(one.folder)).toEqual([4, 1, 2]);
    expect(prepared.map((one) => one.folder)).not.toContain(folder);
  }
});

test('what a dead process left of its build is removed, what another may still be writing is not', async () => {
  await using world = await tinyWorld();
  const { folder } = await prepare(world);
  await rm(folder, { recursive: true });
  await writeFile(`${folder}.building`, 'left by the dead');
  await utimes(`${folder}.building`, 0, 0);
  await writeFile(`${folder}0.building`, 'still being written');
  const rebuilt = await prepare(world);
  expect((await readdir(join(world.folder, 'datasets'))).sort()).toEqual(
    [basename(rebuilt.folder), `${basename(folder)}0.building`].sort(),
  );
});
