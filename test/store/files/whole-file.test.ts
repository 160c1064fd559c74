import { mkdir, open, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { moveSynced } from '../../../src/store/files/whole-file.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

// A test cannot see from outside that a folder was synced, nor act between two calls.
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return { ...original, open: vi.fn(original.open), rename: vi.fn(original.rename) };
});

let folder: TemporaryFolder;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
beforeEach(async () => {
  file = join(folder.path, 'a file');
  await writeFile(file, 'weights');
  vi.mocked(open).mockClear();
});

const opened = (): string[] => vi.mocked(open).mock.calls.map(([path]) => relative(folder.path, String(path)));

it('makes the names of new folders durable, up to the one that was there, then that of the file', async () => {
  await moveSynced(file, join(folder.path, 'steps', 'ab', 'abcd', '1.ckpt'));
  expect(opened()).toEqual(['a file', 'steps/ab', 'steps', '', 'steps/ab/abcd']);
});

it('syncs no parent of a folder that was there', async () => {
  await mkdir(join(folder.path, 'there'));
  await moveSynced(file, join(folder.path, 'there', '1.ckpt'));
  expect(opened()).toEqual(['a file', 'there']);
});

it('makes the folder again if another process deletes it, empty, before the rename', async () => {
  const to = join(folder.path, 'pruned', '1.ckpt');
  const original = vi.mocked(rename).getMockImplementation() ?? rename;
  vi.mocked(rename).mockImplementationOnce(async (from, target) => {
    await rmdir(dirname(String(target)));
    return original(from, target);
  });
  await moveSynced(file, to);
  expect(await readFile(to, 'utf8')).toBe('weights');
});
