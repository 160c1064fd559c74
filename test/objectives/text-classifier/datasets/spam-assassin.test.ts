import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { datasetCatalogue, datasetNames } from '../../../../src/objectives/text-classifier/datasets/catalogue.ts';
import { openDataset } from '../../../../src/objectives/text-classifier/datasets/dataset.ts';
import { prepareDataset } from '../../../../src/objectives/text-classifier/datasets/prepare.ts';
import { tinyWorld } from './tiny-imdb.ts';

const prepare = (dataFolder: string, version: number) => prepareDataset({ name: 'spam-assassin', version, dataFolder, imdbArchive: null });

test('the default dataset is prepared from what is installed: its sizes, classes and words are those of the corpus', async () => {
  await using world = await tinyWorld();
  const { folder, digest } = await prepare(world.folder, 2);
  // Pinned: a change of the tokeniser, the e-mail reader or the split changes every trial's digest, and its version with it.
  expect(digest).toBe('07f9df1bfad8d9923385e7cb7072ac710f05cd15997e7a9246396658ae0a0705');
  const dataset = openDataset(folder);
  expect(dataset.sizes).toEqual(datasetCatalogue[0].sizes);
  const splits = (['train', 'validation', 'test'] as const).map((name) => dataset.split(name));
  const spam = splits.map(({ labels }) => labels.reduce((sum, label) => sum + label, 0));
  expect(spam.reduce((sum, count) => sum + count)).toBe(1896);
  // Not stratified: each split's share of spam lies within 2.5 percent points of the corpus' 31.4 %.
  for (const [index, { size }] of splits.entries()) expect(Math.abs((spam[index] ?? 0) / size - 0.3136)).toBeLessThan(0.025);
  const words: unknown = JSON.parse(await readFile(join(folder, 'vocabulary.json'), 'utf8'));
  expect(words).toEqual(expect.arrayContaining(['the', 'free', 'linux', 'money']));
});

test('a study that began with version 1 finds its texts as they were, beside those of version 2', async () => {
  await using world = await tinyWorld();
  const first = await prepare(world.folder, 1);
  expect(first.digest).toBe('699560b4f8be2d0b2deaf29e094b831d0d551ced76e857ff4f7e34bc525b70e5');
  const second = await prepare(world.folder, 2);
  expect(second.folder).not.toBe(first.folder);
  expect(openDataset(second.folder).sizes).toEqual(openDataset(first.folder).sizes);
  expect(await prepare(world.folder, 1)).toEqual(first);
});

test('a version that only a newer service has is refused with what to do', async () => {
  await using world = await tinyWorld();
  await expect(prepare(world.folder, 3)).rejects.toMatchObject({
    code: 'dataset-unavailable',
    message: expect.stringMatching(/up to version 2, and the study has version 3: run it with the version of Clavier that created/),
  });
});

test('the catalogue names every dataset once, the default among them', () => {
  expect(new Set(datasetNames).size).toBe(datasetNames.length);
  expect(datasetNames).toContain('spam-assassin');
});
